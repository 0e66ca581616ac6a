package server_test

import (
	"bytes"
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"secondserver/hub"
	"secondserver/server"
)

const apiToken = "s3cret-Token=="

var serviceConfig = server.Config{APIToken: apiToken}

// startWith is start for a server that is configured.
func startWith(t testing.TB, config server.Config, plane hub.Backplane) (url string) {
	t.Helper()
	h := hub.New("server-1", plane)
	web := httptest.NewServer(server.New(config, h))
	t.Cleanup(func() {
		if err := h.Drain(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
		web.Close()
	})
	return web.URL
}

// ask sends a request with an Authorization header, if that is not "".
func ask(t testing.TB, method, url, authorization, body string) (status int, header http.Header, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, strings.TrimSpace(string(b))
}

func TestBackendServicesReachARoomAUserAndEveryone(t *testing.T) {
	url := startWith(t, serviceConfig, new(hub.Memory))
	bob := dial(t, url, "user=bob&room=general")
	read(t, bob)
	read(t, bob)
	for _, test := range []struct{ path, body, answer, heard string }{
		{"/rooms/general/messages", `{"text":"<hi>","ref":"1"}`, `{"type":"ack","ref":"1","room":"general","offset":1,"epoch":"`,
			`{"type":"message","room":"general","offset":1,"from":"@server","text":"<hi>","server_id":"server-1","sent_at":"`},
		{"/rooms/general/messages", `{"text":"no ref"}`, `{"type":"ack","room":"general","offset":2,"epoch":"`,
			`{"type":"message","room":"general","offset":2,"from":"@server","text":"no ref",`},
		{"/users/bob/messages", `{"text":"hi","ref":"2"}`, `{"type":"ack","ref":"2","to":"bob"}`,
			`{"type":"message","to":"bob","from":"@server","text":"hi","server_id":"server-1",`},
		{"/broadcast", `{"text":"hi all","ref":"3"}`, `{"type":"ack","ref":"3"}`,
			`{"type":"announcement","text":"hi all","server_id":"server-1","sent_at":"`},
	} {
		want := 201
		if test.path == "/broadcast" {
			want = 202
		}
		status, _, answer := ask(t, "POST", url+test.path, "Bearer "+apiToken, test.body)
		if status != want || !strings.HasPrefix(answer, test.answer) {
			t.Errorf("POST %s: %d %s, want %d %s", test.path, status, answer, want, test.answer)
		}
		if got := read(t, bob); !strings.HasPrefix(got, test.heard) {
			t.Errorf("POST %s: bob heard %s, want %s", test.path, got, test.heard)
		}
	}

	// Once more with the same ref: the first one's offset, and nobody hears it.
	_, _, again := ask(t, "POST", url+"/rooms/general/messages", "bearer "+apiToken, `{"text":"<hi>","ref":"1"}`)
	if !strings.Contains(again, `"offset":1,`) {
		t.Errorf("the same ref again: %s, want offset 1", again)
	}
	ask(t, "POST", url+"/rooms/general/messages", "Bearer "+apiToken, `{"text":"fence"}`)
	if got := read(t, bob); !strings.Contains(got, `"text":"fence"`) {
		t.Errorf("bob heard %s, want the fence", got)
	}
}

func TestBackendServicesAreRefused(t *testing.T) {
	url := startWith(t, serviceConfig, new(hub.Memory))
	none := start(t, new(hub.Memory))
	without := startWith(t, serviceConfig, away{new(hub.Memory)})
	const good = `{"text":"hi"}`
	bearer := "Bearer " + apiToken
	for _, test := range []struct {
		name, url, authorization, body string
		status                         int
		code                           string
	}{
		{"no token", url + "/broadcast", "", good, 401, "unauthorized"},
		{"a wrong token", url + "/broadcast", "Bearer secret", good, 401, "unauthorized"},
		{"the beginning of the token", url + "/broadcast", bearer[:10], good, 401, "unauthorized"},
		{"more than the token", url + "/broadcast", bearer + "x", good, 401, "unauthorized"},
		{"no token, only a scheme", url + "/users/bob/messages", "Bearer ", good, 401, "unauthorized"},
		{"another scheme", url + "/rooms/general/messages", "Basic " + apiToken, good, 401, "unauthorized"},
		{"a wrong token before anything else", url + "/users/@/messages", "", "{", 401, "unauthorized"},
		{"an instance without a token, for a room", none + "/rooms/general/messages", "Bearer ", good, 404, "not_found"},
		{"an instance without a token, for a user", none + "/users/bob/messages", bearer, good, 404, "not_found"},
		{"an instance without a token, for everyone", none + "/broadcast", "", good, 404, "not_found"},
		{"nobody of that name", url + "/users/charlie/messages", bearer, good, 404, "user_offline"},
		{"no user's name", url + "/users/@server/messages", bearer, good, 400, "bad_name"},
		{"no room's name", url + "/rooms/%2e%2e/messages", bearer, good, 400, "bad_name"},
		{"no body", url + "/broadcast", bearer, "", 400, "bad_frame"},
		{"no JSON", url + "/broadcast", bearer, `{"text":"hi"`, 400, "bad_frame"},
		{"no text", url + "/broadcast", bearer, `{"ref":"1"}`, 400, "bad_frame"},
		{"text of another kind", url + "/broadcast", bearer, `{"text":1}`, 400, "bad_frame"},
		{"an empty ref", url + "/broadcast", bearer, `{"text":"hi","ref":""}`, 400, "bad_frame"},
		{"not UTF-8", url + "/broadcast", bearer, "{\"text\":\"\xff\"}", 400, "bad_frame"},
		{"an empty text", url + "/broadcast", bearer, `{"text":""}`, 400, "bad_text"},
		{"a long text", url + "/broadcast", bearer, `{"text":"` + strings.Repeat("x", 4097) + `"}`, 400, "bad_text"},
		{"more than 8 KiB", url + "/broadcast", bearer, good + strings.Repeat(" ", 8<<10), 413, "too_large"},
		{"no backplane", without + "/broadcast", bearer, good, 503, "unavailable"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, header, answer := ask(t, "POST", test.url, test.authorization, test.body)
			if status != test.status || !strings.HasPrefix(answer, `{"error":{"code":"`+test.code+`","message":"`) {
				t.Errorf("%d %s, want %d %s", status, answer, test.status, test.code)
			}
			if test.code == "not_found" && !strings.Contains(answer, "API_TOKEN") {
				t.Errorf("%s, want it to say that the instance's API_TOKEN is lacking", answer)
			}
			if got := header.Get("WWW-Authenticate"); (got == "Bearer") != (status == 401) {
				t.Errorf("WWW-Authenticate %q with %d", got, status)
			}
		})
	}
}

// away is a backplane that cannot be reached.
type away struct{ *hub.Memory }

func (away) Ready() error { return hub.ErrUnavailable }

func (away) Publish(_ hub.Publication, answered func(hub.Position, error)) {
	answered(hub.Position{}, hub.ErrUnavailable)
}

func (away) Subscribe(context.Context, hub.Destination, func(hub.Batch)) (hub.Position, func(), error) {
	return hub.Position{}, nil, hub.ErrUnavailable
}

func (away) History(context.Context, hub.Destination, hub.Position, int) (hub.Batch, hub.Position, error) {
	return hub.Batch{}, hub.Position{}, hub.ErrUnavailable
}

func (away) Participants(context.Context, hub.Destination) ([]string, error) {
	return nil, hub.ErrUnavailable
}

func TestTokensAndSecretsAreNeverLogged(t *testing.T) {
	var logged bytes.Buffer
	log.SetOutput(&logged)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	addr, stop, served := serveTCP(t, serviceConfig, new(hub.Memory))
	bob := dial(t, "http://"+addr, "user=bob")
	read(t, bob)
	ask(t, "POST", "http://"+addr+"/users/bob/messages", "Bearer "+apiToken, `{"text":"hi"}`)
	ask(t, "POST", "http://"+addr+"/broadcast", "Bearer wrong", `{"text":"hi"}`)
	bob.Close()
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	addr, stop, served = serveTCP(t, authConfig, new(hub.Memory))
	alice := dial(t, "http://"+addr, "token="+goodToken(t))
	read(t, alice)
	for _, path := range []string{"/ws", "/poll", "/rooms/general", "/nowhere", "//"} {
		ask(t, "GET", "http://"+addr+path+"?token="+goodToken(t), "Bearer "+goodToken(t), "")
		ask(t, "POST", "http://"+addr+path+"?token=%zz"+goodToken(t)[:9], "", "")
	}
	alice.Close()
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	secret := strings.Contains(logged.String(), authSecret) || strings.Contains(logged.String(), goodToken(t)[:9])
	if got := logged.String(); secret || strings.Contains(got, apiToken) || !strings.Contains(got, "user=bob") {
		t.Errorf("logged: %s", got)
	}
}
