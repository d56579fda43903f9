// Command hireme123 runs the sample recruiting app alone, beside a Cardea and a MyCalApp that run
// elsewhere.
//
//	ISSUER=http://localhost:8080 CLIENT_ID=… CLIENT_SECRET=… go run ./examples/hireme123/cmd/hireme123
//
// LISTEN (localhost:8081), BASE_URL (http://localhost:8081) and CALENDAR_URL
// (http://localhost:8082) may be set too.
package main

import (
	"cmp"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/cardea-iam/cardea/examples/hireme123"
)

func main() {
	base := cmp.Or(os.Getenv("BASE_URL"), "http://localhost:8081")
	app, err := hireme123.New(hireme123.Config{
		Issuer:       cmp.Or(os.Getenv("ISSUER"), "http://localhost:8080"),
		ClientID:     os.Getenv("CLIENT_ID"),
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		BaseURL:      base,
		CalendarURL:  cmp.Or(os.Getenv("CALENDAR_URL"), "http://localhost:8082"),
	})
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Addr: cmp.Or(os.Getenv("LISTEN"), "localhost:8081"), Handler: app, ReadHeaderTimeout: 5 * time.Second}
	log.Printf("HireMe123 at %s", base)
	log.Fatal(server.ListenAndServe())
}
