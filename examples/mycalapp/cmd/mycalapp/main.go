// Command mycalapp runs the sample calendar alone, beside a Cardea that runs elsewhere.
//
//	ISSUER=http://localhost:8080 CLIENT_ID=… CLIENT_SECRET=… go run ./examples/mycalapp/cmd/mycalapp
//
// LISTEN (localhost:8082), BASE_URL (http://localhost:8082), API_CLIENT_ID and API_CLIENT_SECRET
// (the account for introspection, the same as above) may be set too.
package main

import (
	"cmp"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/cardea-iam/cardea/examples/mycalapp"
	"github.com/cardea-iam/cardea/sdk/verify"
)

func main() {
	base := cmp.Or(os.Getenv("BASE_URL"), "http://localhost:8082")
	app, err := mycalapp.New(mycalapp.Config{
		Issuer:       cmp.Or(os.Getenv("ISSUER"), "http://localhost:8080"),
		ClientID:     os.Getenv("CLIENT_ID"),
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		BaseURL:      base,
		Introspection: verify.Introspection{
			ClientID: os.Getenv("API_CLIENT_ID"), ClientSecret: os.Getenv("API_CLIENT_SECRET"),
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Addr: cmp.Or(os.Getenv("LISTEN"), "localhost:8082"), Handler: app, ReadHeaderTimeout: 5 * time.Second}
	log.Printf("MyCalApp at %s", base)
	log.Fatal(server.ListenAndServe())
}
