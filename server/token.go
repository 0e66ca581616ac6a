package server

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"secondserver/hub"
)

// Without a secret users are who they say they are: this is a lab. With one, a name
// is had by a token alone, which whoever knows the secret has signed: a JWT (RFC
// 7519) of HS256, with sub, the user, and exp. It is asked for when a client
// connects; what is open then outlives it. Any instance with the same secret
// takes it: there is nothing to share.

const (
	minSecret = 32              // bytes: as many as HS256 has (RFC 7518, section 3.2)
	leeway    = 5 * time.Second // between the clocks of who signs and who checks
)

// tokens checks them.
type tokens struct {
	secret []byte
	parser *jwt.Parser
}

// newTokens is nil where there is no secret.
func newTokens(secret string) *tokens {
	if secret == "" {
		return nil
	}
	return &tokens{[]byte(secret), jwt.NewParser(
		// A token says itself how it is signed, "none" too. Nobody asks it.
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(),
		jwt.WithLeeway(leeway),
		jwt.WithStrictDecoding(),
	)}
}

// sign makes a token for user.
func (t *tokens) sign(user string, expires time.Time) (string, error) {
	claims := jwt.RegisteredClaims{Subject: user, IssuedAt: jwt.NewNumericDate(time.Now()), ExpiresAt: jwt.NewNumericDate(expires)}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(t.secret)
}

// user is whom a request's token names. It is in the Authorization header, or in
// the query, as a browser sets no header on a WebSocket; in one of the two, lest
// a balancer goes by one and we by the other. What is wrong with it is said, and
// never the token.
func (t *tokens) user(q *query, r *http.Request) string {
	token, headers := q.text("token"), r.Header["Authorization"]
	if len(headers) > 1 || len(headers) == 1 && token != "" {
		q.fail(codeBadRequest, "give the token once: in the Authorization header, or in the query")
	}
	if token == "" {
		token = bearer(r)
	}
	user, err := t.verify(token)
	if err != nil {
		q.fail(codeUnauthorized, "%v", err)
	}
	return user
}

func (t *tokens) verify(token string) (user string, err error) {
	if token == "" {
		return "", errors.New("a token is missing: Authorization: Bearer, or token in the query")
	}
	var claims jwt.RegisteredClaims
	_, err = t.parser.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return t.secret, nil })
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return "", errors.New("the token has expired")
	case errors.Is(err, jwt.ErrTokenNotValidYet), errors.Is(err, jwt.ErrTokenUsedBeforeIssued):
		return "", errors.New("the token is not valid yet")
	case errors.Is(err, jwt.ErrTokenRequiredClaimMissing):
		return "", errors.New("the token has no exp")
	case err != nil:
		return "", errors.New("the token is none that we have signed, with HS256")
	case !hub.ValidName(claims.Subject):
		return "", fmt.Errorf("the token's sub%s", nameRule)
	}
	return claims.Subject, nil
}

// reader lets in who has a token, whoever it names, where there are any.
func (s *Server) reader(handle http.HandlerFunc) http.HandlerFunc {
	if s.tokens == nil {
		return handle
	}
	return func(w http.ResponseWriter, r *http.Request) {
		q := parseQuery(r.URL)
		if s.tokens.user(q, r); q.problem != nil {
			refuse(w, q.problem)
			return
		}
		handle(w, r)
	}
}

// bearer is the token of the Authorization header, and "" where there is none.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return token
}
