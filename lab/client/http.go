package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const answerLimit = 16 << 20 // bytes of an answer: a thousand messages, and more than that

// asking keeps no connection: each question is a new one, which a balancer gives
// to the server whose turn it is, and none is left behind.
var asking = &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}}

// Instance asks which server it is that answers. Through a balancer that is where
// this question went, and not where a connection lives: see [Client.Server].
func Instance(ctx context.Context, baseURL string) (server string, err error) {
	var answer struct {
		ServerID string `json:"server_id"`
	}
	err = get(ctx, baseURL, "/instance", &answer)
	return answer.ServerID, err
}

// Participants asks who is in a room, on any instance.
func Participants(ctx context.Context, baseURL, room string) (users []string, err error) {
	var answer struct{ Participants []string }
	err = get(ctx, baseURL, "/rooms/"+room, &answer)
	return answer.Participants, err
}

// A Page is a part of a room's history, oldest message first.
type Page struct {
	Position       // of the room's last message, which need not be on the page
	Recovered bool // the history reaches back to where the page was to begin
	Messages  []Message
}

// History asks for the first messages after a position, or for the newest where
// that is the zero Position.
func History(ctx context.Context, baseURL, room string, after Position, limit int) (Page, error) {
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	if after != (Position{}) {
		query.Set("offset", strconv.FormatUint(after.Offset, 10))
		query.Set("epoch", after.Epoch)
	}
	var answer struct {
		Position
		Recovered bool
		Messages  []frame
	}
	if err := get(ctx, baseURL, "/rooms/"+room+"/messages?"+query.Encode(), &answer); err != nil {
		return Page{}, err
	}
	page := Page{Position: answer.Position, Recovered: answer.Recovered}
	for _, f := range answer.Messages {
		f.Room = room // it is said once for all
		page.Messages = append(page.Messages, f.message())
	}
	return page, nil
}

func get(ctx context.Context, baseURL, path string, answer any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(baseURL, "/")+path, nil)
	if err != nil {
		return err
	}
	return fetch(asking, r, answer)
}

// fetch sends a request and decodes the answer, if one is wanted. An answer that
// is no success is an [*Error].
func fetch(by *http.Client, r *http.Request, answer any) error {
	response, err := by.Do(r)
	if err == nil {
		defer response.Body.Close()
		err = read(response, answer)
	}
	if r.Context().Err() != nil { // and err only the echo of it
		return context.Cause(r.Context())
	}
	return err
}

func read(response *http.Response, answer any) error {
	if response.StatusCode/100 != 2 {
		return refusal(response)
	}
	if answer == nil {
		return nil
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, answerLimit)).Decode(answer); err != nil {
		return fmt.Errorf("the answer of %s: %w", response.Request.URL, err)
	}
	return nil
}

// refusal reads why a server did not do what was asked.
func refusal(answer *http.Response) error {
	var body struct{ Error Error }
	// Whatever cannot be read or parsed leaves the status, which says enough.
	b, _ := io.ReadAll(io.LimitReader(answer.Body, readLimit))
	_ = json.Unmarshal(b, &body)
	body.Error.Status = answer.StatusCode
	return &body.Error
}
