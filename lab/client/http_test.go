package client_test

import (
	"net/http"
	"slices"
	"testing"

	"secondserver/lab/client"
)

// answers serves one answer to one question.
func answers(t *testing.T, question, answer string) string {
	return serveHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.URL.RequestURI(); got != question {
			t.Errorf("got the question %s, want %s", got, question)
		}
		_, _ = w.Write([]byte(answer))
	})
}

func TestInstanceTellsWhoAnswers(t *testing.T) {
	url := answers(t, "/instance", `{"server_id":"server-2","phase":"phase2-broken"}`)
	if got, err := client.Instance(within(t), url+"/"); err != nil || got != "server-2" {
		t.Errorf("got %q, %v, want server-2", got, err)
	}
}

func TestParticipantsTellsWhoIsThere(t *testing.T) {
	url := answers(t, "/rooms/general", `{"room":"general","count":2,"participants":["alice","bob"]}`)
	got, err := client.Participants(within(t), url, "general")
	if want := []string{"alice", "bob"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestHistoryIsAskedForPageByPage(t *testing.T) {
	url := answers(t, "/rooms/general/messages?epoch=e1&limit=2&offset=5",
		`{"room":"general","epoch":"e1","offset":9,"recovered":true,"messages":[`+message("general", 6)+`,`+message("general", 7)+`]}`)
	page, err := client.History(within(t), url, "general", client.Position{Offset: 5, Epoch: "e1"}, 2)
	if err != nil || !page.Recovered || page.Offset != 9 || len(page.Messages) != 2 {
		t.Fatalf("got %+v, %v, want two of the messages up to 9", page, err)
	}
	if m := page.Messages[1]; m.Room != "general" || m.Offset != 7 || m.From != "bob" || m.Text != "m7" {
		t.Errorf("got %+v, want message 7 of general", m)
	}
	url = answers(t, "/rooms/general/messages?limit=100", `{"room":"general","epoch":"e1","offset":0,"recovered":true,"messages":[]}`)
	if page, err := client.History(within(t), url, "general", client.Position{}, 100); err != nil || len(page.Messages) != 0 {
		t.Errorf("got %+v, %v, want the newest, of which there are none", page, err)
	}
}

func TestAnAnswerThatIsNotTheServersHasWordsToo(t *testing.T) {
	url := serveHTTP(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(502)
		_, _ = w.Write([]byte("<html>nginx</html>"))
	})
	if _, err := client.Instance(within(t), url); err == nil || err.Error() != "HTTP 502 Bad Gateway" {
		t.Errorf("got error %v, want HTTP 502 Bad Gateway", err)
	}
}

func TestAQuestionThatIsRefusedSaysWhy(t *testing.T) {
	url := serveHTTP(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(503)
		_, _ = w.Write([]byte(`{"error":{"code":"unavailable","message":"no Redis"}}`))
	})
	_, err := client.Participants(within(t), url, "general")
	wantCode(t, "participants", err, "unavailable")
}
