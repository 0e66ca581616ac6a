package server_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"secondserver/hub"
	"secondserver/server"
)

const authSecret = "0123456789abcdef0123456789abcdef"

var authConfig = server.Config{AuthSecret: authSecret, APIToken: apiToken}

// sign makes a token of any kind.
func sign(t testing.TB, method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func in(d time.Duration) int64 { return time.Now().Add(d).Unix() }

// goodToken is alice's.
func goodToken(t testing.TB) string {
	return sign(t, jwt.SigningMethodHS256, []byte(authSecret), jwt.MapClaims{"sub": "alice", "exp": in(time.Hour)})
}

// doors are the calls that need a token; what follows is a part of a query.
var doors = map[string]int{
	"GET /ws?":                     101,
	"POST /poll?":                  201,
	"GET /rooms/general?":          200,
	"GET /rooms/general/messages?": 200,
}

func TestATokenOpensEveryDoor(t *testing.T) {
	url := startWith(t, authConfig, new(hub.Memory))
	for name, claims := range map[string]jwt.MapClaims{
		"sub and exp":               {"sub": "alice", "exp": in(time.Hour)},
		"expired within the leeway": {"sub": "alice", "exp": in(-time.Second)},
		"all times":                 {"sub": "alice", "exp": in(time.Hour), "nbf": in(-time.Second), "iat": in(-time.Second)},
		"others' claims":            {"sub": "alice", "exp": in(time.Hour), "aud": "chat", "iss": "login", "name": "Alice"},
	} {
		token := sign(t, jwt.SigningMethodHS256, []byte(authSecret), claims)
		for door, want := range doors {
			for _, request := range []string{
				door + " HTTP/1.1\nHost: raw\nAuthorization: Bearer " + token,
				door + "user=alice HTTP/1.1\nHost: raw\nAuthorization: bearer " + token,
				door + "token=" + token + " HTTP/1.1\nHost: raw",
				door + "user=alice&token=" + token + " HTTP/1.1\nHost: raw",
			} {
				if answer, body := dialRaw(t, url).asks(request+handshake, ""); answer.StatusCode != want {
					t.Errorf("%s, %.60s: %s %s, want %d", name, request, answer.Status, body, want)
				}
			}
		}
	}
}

func TestABadTokenOpensNone(t *testing.T) {
	url := startWith(t, authConfig, new(hub.Memory))
	secret := []byte(authSecret)
	claims := jwt.MapClaims{"sub": "alice", "exp": in(time.Hour)}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good := goodToken(t)
	parts := strings.Split(good, ".")
	encode := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	byHand := func(header string) string { // a right HMAC under any header
		signed := encode(header) + "." + parts[1]
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(signed))
		return signed + "." + encode(string(mac.Sum(nil)))
	}
	type m = jwt.MapClaims
	hs := jwt.SigningMethodHS256
	for name, bad := range map[string]struct{ token, says string }{
		"nothing":               {"", "missing"},
		"no token":              {"x", "signed"},
		"two dots":              {"..", "signed"},
		"the secret":            {authSecret, "signed"},
		"the API token":         {apiToken, "signed"},
		"another secret":        {sign(t, hs, []byte(authSecret[1:]), claims), "signed"},
		"no secret":             {sign(t, hs, []byte(""), claims), "signed"},
		"alg none":              {sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims), "signed"},
		"alg none, capitals":    {encode(`{"alg":"NONE"}`) + "." + parts[1] + ".", "signed"},
		"no alg":                {byHand(`{"typ":"JWT"}`), "signed"},
		"alg of another case":   {byHand(`{"alg":"hs256"}`), "signed"},
		"RS256 with the secret": {byHand(`{"alg":"RS256","typ":"JWT"}`), "signed"},
		"RS256":                 {sign(t, jwt.SigningMethodRS256, rsaKey, claims), "signed"},
		"HS384":                 {sign(t, jwt.SigningMethodHS384, secret, claims), "signed"},
		"HS512":                 {sign(t, jwt.SigningMethodHS512, secret, claims), "signed"},
		"no signature":          {parts[0] + "." + parts[1] + ".", "signed"},
		"two parts":             {parts[0] + "." + parts[1], "signed"},
		"four parts":            {good + ".x", "signed"},
		"cut off":               {good[:len(good)-1], "signed"},
		"padded":                {good + "=", "signed"},
		"another's claims":      {parts[0] + "." + encode(`{"sub":"bob","exp":9999999999}`) + "." + parts[2], "signed"},
		"expired":               {sign(t, hs, secret, m{"sub": "alice", "exp": in(-7 * time.Second)}), "expired"},
		"expired in 1970":       {sign(t, hs, secret, m{"sub": "alice", "exp": 0}), "expired"},
		"without exp":           {sign(t, hs, secret, m{"sub": "alice"}), "no exp"},
		"exp that is none":      {sign(t, hs, secret, m{"sub": "alice", "exp": "never"}), "signed"},
		"not yet":               {sign(t, hs, secret, m{"sub": "alice", "exp": in(time.Hour), "nbf": in(time.Minute)}), "not valid yet"},
		"from the future":       {sign(t, hs, secret, m{"sub": "alice", "exp": in(time.Hour), "iat": in(time.Minute)}), "not valid yet"},
		"without sub":           {sign(t, hs, secret, m{"exp": in(time.Hour)}), "sub"},
		"sub of the server":     {sign(t, hs, secret, m{"sub": "@server", "exp": in(time.Hour)}), "sub"},
		"sub of two lines":      {sign(t, hs, secret, m{"sub": "alice\n", "exp": in(time.Hour)}), "sub"},
	} {
		for door := range doors {
			requests := []string{door + " HTTP/1.1\nHost: raw\nAuthorization: Bearer " + bad.token}
			if bad.token != "" && bad.token != apiToken { // which has characters that a query must escape
				requests = append(requests, door+"token="+bad.token+" HTTP/1.1\nHost: raw")
			}
			if name == "nothing" {
				requests = append(requests, door+" HTTP/1.1\nHost: raw", door+"user=alice HTTP/1.1\nHost: raw", door+" HTTP/1.1\nHost: raw\nAuthorization: Basic "+good)
			}
			for _, request := range requests {
				answer, body := dialRaw(t, url).asks(request+handshake, "")
				if answer.StatusCode != 401 || !strings.Contains(body, `"unauthorized"`) || answer.Header.Get("WWW-Authenticate") != "Bearer" {
					t.Errorf("%s, %.60s: %s %s, want 401 and WWW-Authenticate", name, request, answer.Status, body)
				}
				if !strings.Contains(body, bad.says) || len(bad.token) > 5 && strings.Contains(body, bad.token) {
					t.Errorf("%s: %s, want it to say %q, and never the token", name, body, bad.says)
				}
			}
		}
	}
}

func TestATokenIsGivenOnceAndForItsUser(t *testing.T) {
	url := startWith(t, authConfig, new(hub.Memory))
	good := goodToken(t)
	header := "\nAuthorization: Bearer " + good
	for _, test := range []struct {
		name, query, header string
		status              int
		code                string
	}{
		{"in both places", "token=" + good, header, 400, "bad_request"},
		{"twice in the query", "token=" + good + "&token=" + good, "", 400, "bad_request"},
		{"twice in the header", "", header + header, 400, "bad_request"},
		{"empty in the query", "token=", "", 400, "bad_request"},
		{"very long", "token=" + strings.Repeat("x", 4097), "", 400, "bad_request"},
	} {
		for door := range doors {
			if answer, body := dialRaw(t, url).asks(door+test.query+" HTTP/1.1\nHost: raw"+test.header+handshake, ""); answer.StatusCode != test.status || !strings.Contains(body, `"`+test.code+`"`) {
				t.Errorf("%s, %.20s: %s %s, want %d %s", test.name, door, answer.Status, body, test.status, test.code)
			}
		}
	}
	for _, door := range []string{"GET /ws?user=", "POST /poll?user="} {
		for user, want := range map[string]string{"bob": `"forbidden_user"`, "Alice": `"forbidden_user"`, "@": `"bad_name"`, "": `"bad_request"`, "alice&user=bob": `"bad_request"`} {
			if answer, body := dialRaw(t, url).asks(door+user+" HTTP/1.1\nHost: raw"+header+handshake, ""); answer.StatusCode/100 != 4 || !strings.Contains(body, want) {
				t.Errorf("%s%s: %s %s, want %s", door, user, answer.Status, body, want)
			}
		}
	}
	// One secret is not the other.
	for request, want := range map[string]int{"POST /broadcast": 401, "POST /rooms/general/messages": 401, "GET /healthz": 200} {
		if answer, body := dialRaw(t, url).asks(request+" HTTP/1.1\nHost: raw"+header, `{"text":"hi"}`); answer.StatusCode != want {
			t.Errorf("%s with a user's token: %s %s, want %d", request, answer.Status, body, want)
		}
	}
}

// The name is the token's, whatever the client says it is.
func TestNobodySpeaksInAnothersName(t *testing.T) {
	url := startWith(t, authConfig, new(hub.Memory))
	alice := connectRaw(t, url, "room=general&token="+goodToken(t))
	alice.wants(`{"type":"welcome","server_id":"server-1","user":"alice"}`)
	alice.hears()
	alice.says(`{"type":"message","room":"general","text":"hi","from":"bob","user":"bob","sub":"bob"}`)
	alice.wants(`{"type":"message","room":"general","offset":1,"from":"alice","text":"hi","server_id":"server-1","sent_at":"2026-01-02T15:04:05.678Z"}`)
	alice.says(`{"type":"message","to":"alice","text":"hi","from":"@server"}`)
	alice.wants(`{"type":"message","to":"alice","from":"alice","text":"hi","server_id":"server-1","sent_at":"2026-01-02T15:04:05.678Z"}`)
}

// Where there is no secret, nothing has changed.
func TestWithoutASecretATokenMeansNothing(t *testing.T) {
	url := start(t, new(hub.Memory))
	alice := connectRaw(t, url, "user=bob&token="+goodToken(t))
	alice.wants(`{"type":"welcome","server_id":"server-1","user":"bob"}`)
	if answer, body := dialRaw(t, url).asks("POST /poll?token="+goodToken(t)+" HTTP/1.1\nHost: raw", ""); answer.StatusCode != 400 {
		t.Errorf("a token but no user: %s %s, want 400", answer.Status, body)
	}
}

func TestAConnectionOutlivesItsToken(t *testing.T) {
	bubble(t, authConfig, func(t *testing.T, to *pipes) {
		token := sign(t, jwt.SigningMethodHS256, []byte(authSecret), jwt.MapClaims{"sub": "alice", "exp": in(time.Second)})
		alice := connectPipe(t, to, "token="+token)
		session := openPoll(t, to, "token="+token)
		<-time.After(20 * time.Second)
		if answer, body := dialPipe(t, to).asks("GET /ws?token="+token+" HTTP/1.1\nHost: raw"+handshake, ""); answer.StatusCode != 401 || !strings.Contains(body, "expired") {
			t.Errorf("%s %s, want 401", answer.Status, body)
		}
		alice.says(`{"type":"leave","room":"general"}`)
		alice.wants(`{"type":"error","room":"general","code":"not_in_room","message":"…"}`)
		session.hears(`"user":"alice"`)
		session.deletes()
		alice.Close()
	})
}
