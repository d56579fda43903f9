package scenario

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"text/template"
	"time"

	"github.com/cardea-iam/cardea/test/rig"
)

const modules = "/usr/lib/apache2/modules"

// site is an Apache with mod_auth_openidc in front of one page, which says who is there.
var site = template.Must(template.New("httpd.conf").Parse(`ServerName localhost
ServerRoot {{.Dir}}
PidFile {{.Dir}}/pid
Mutex file:{{.Dir}} default
ErrorLog {{.Dir}}/error.log
LogLevel warn auth_openidc:info
Listen 127.0.0.1:{{.Port}}
{{range .Modules}}LoadModule {{.}}_module {{$.Folder}}/mod_{{.}}.so
{{end}}{{with .User}}User {{.}}
Group {{.}}
{{end}}StartServers 1
DocumentRoot {{.Dir}}/htdocs
TypesConfig /dev/null
<Directory {{.Dir}}/htdocs>
	Options +Includes
	AddOutputFilter INCLUDES .html
	AddType text/html .html
	Require all granted
</Directory>
OIDCProviderMetadataURL {{.Issuer}}/.well-known/openid-configuration
OIDCClientID {{.Client.ID}}
OIDCClientSecret {{.Client.Secret}}
OIDCRedirectURI {{.Client.RedirectURI}}
OIDCCryptoPassphrase "{{.Passphrase}}"
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCRemoteUserClaim sub
OIDCCacheDir {{.Dir}}/cache
OIDCCacheType file
OIDCResponseMode {{.Mode}}
OIDCDefaultLoggedOutURL http://localhost:{{.Port}}/out.html
<Location /inside>
	AuthType openid-connect
	Require valid-user
</Location>
<Location /callback>
	AuthType openid-connect
	Require valid-user
</Location>
`))

// A relying party written in C by others signs a person in, in both response modes, and out again.
func TestModAuthOpenIDC(t *testing.T) {
	need(t, "chromium")
	apache := need(t, "/usr/sbin/apache2")
	if _, err := os.Stat(filepath.Join(modules, "mod_auth_openidc.so")); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("mod_auth_openidc is needed in CI: %v", err)
		}
		t.Skip("skipped: no mod_auth_openidc (apt-get install libapache2-mod-auth-openidc)")
	}
	eachDatabase(t, func(t *testing.T, args ...string) {
		s := serve(t, args...)
		ann := person(t, s, "ann")
		for _, mode := range []string{"query", "form_post"} {
			t.Run(mode, func(t *testing.T) {
				home := startApache(t, apache, s, mode)
				w := newWindow(t)
				w.open(home + "/inside/who.html")
				w.signIn(ann.Username, ann.Password, "#approve, #who")
				if w.has("#approve") {
					w.press("approve", "#who")
				}
				if who := w.text("#who"); !strings.HasPrefix(who, "acc_") {
					t.Errorf("the page was shown to %q\n%s", who, w.text("body"))
				}
				if name := w.text("#name"); name != ann.Username {
					t.Errorf("preferred_username is %q", name)
				}
				w.shoot("signed-in-" + mode)
				w.open(home + "/callback?logout=" + home + "/out.html")
				if w.has("#signout, #submit") && !w.has("#out") {
					t.Errorf("RP-initiated logout with an id_token_hint asked a question:\n%s", w.text("body"))
				}
				w.open(home + "/inside/who.html")
				if !w.has("#username") {
					t.Errorf("after the logout the page is shown without a sign-in:\n%s", w.text("body"))
				}
			})
		}
	})
}

// startApache runs an Apache of its own on loopback and registers it as a client.
func startApache(t *testing.T, apache string, s *rig.Server, mode string) (home string) {
	t.Helper()
	port, err := rig.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	home = fmt.Sprintf("http://localhost:%d", port)
	dir, err := os.MkdirTemp("", "cardea-apache-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	c := client(t, s, "apache "+mode, home+"/callback", "--post-logout-uri", home+"/out.html")
	put := func(name, text string) {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("htdocs/inside/who.html", `<!doctype html><title>inside</title><p id="who"><!--#echo var="REMOTE_USER" --></p><p id="name"><!--#echo var="OIDC_CLAIM_preferred_username" --></p>`)
	put("htdocs/out.html", `<!doctype html><title>out</title><p id="out">signed out</p>`)
	put("cache/.keep", "")
	as := ""
	if os.Getuid() == 0 { // workers of Apache do not stay root
		as = "www-data"
		if _, err := user.Lookup(as); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, "cache"), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	var conf bytes.Buffer
	err = site.Execute(&conf, map[string]any{
		"Dir": dir, "Port": port, "Folder": modules, "User": as, "Issuer": s.URL, "Client": c, "Mode": mode,
		"Passphrase": "of one test on loopback",
		"Modules":    []string{"mpm_event", "authn_core", "authz_core", "authz_user", "dir", "mime", "include", "filter", "auth_openidc"},
	})
	if err != nil {
		t.Fatal(err)
	}
	put("httpd.conf", conf.String())
	var log bytes.Buffer
	cmd := exec.Command(apache, "-f", filepath.Join(dir, "httpd.conf"), "-DFOREGROUND")
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		_ = cmd.Wait()                          // it was asked to end
		if t.Failed() {
			text, _ := os.ReadFile(filepath.Join(dir, "error.log")) // there is none when it did not start
			t.Logf("Apache's log:\n%s\n%s", log.String(), text)
		}
	})
	within(t, 15*time.Second, "Apache answers", func(ctx context.Context) (bool, error) {
		page, err := rig.NewAgent().Get(ctx, home+"/out.html")
		return err == nil && page.Status == http.StatusOK, err
	})
	return home
}
