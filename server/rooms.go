package server

import "net/http"

// participants tells who is in a room, on any instance.
func (s *Server) participants(w http.ResponseWriter, r *http.Request) {
	room, ok := name(w, r, "room")
	if !ok {
		return
	}
	users, err := s.hub.Participants(r.Context(), room)
	if err != nil {
		refuse(w, err)
		return
	}
	reply(w, http.StatusOK, struct {
		Room         string   `json:"room"`
		Count        int      `json:"count"`
		Participants []string `json:"participants"`
	}{room, len(users), append([]string{}, users...)}) // nobody is [], not null
}

// history is what was said in a room: after a position, or the newest.
func (s *Server) history(w http.ResponseWriter, r *http.Request) {
	room, ok := name(w, r, "room")
	if !ok {
		return
	}
	q := parseQuery(r.URL)
	after, limit := q.position(), q.limit()
	if q.problem != nil {
		refuse(w, q.problem)
		return
	}
	history, err := s.hub.History(r.Context(), room, after, limit)
	if err != nil {
		refuse(w, err)
		return
	}
	reply(w, http.StatusOK, history)
}
