package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"secondserver/lab/ledger"
	"secondserver/lab/load"
	"secondserver/lab/stack"
)

// errUnknown is returned when a load saw nothing wrong, but too little. That is a
// result, and has been shown.
var errUnknown = errors.New("unknown")

// run starts what there is to start, and loads it.
func (l *loading) run(ctx context.Context, phase stack.Phase) (err error) {
	if len(l.urls) > 0 {
		l.screen.print(l.screen.look.paint(bold, "Load on "+strings.Join(l.urls, ", ")))
		return l.load(ctx, l.urls, &loadReport{Engine: "url"}, nil)
	}
	engine, err := l.open(l.screen.Doing)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leftBehind(engine.Close())) }()
	servers := l.servers(phase)
	l.screen.title(phase, servers)
	l.screen.Doing("starting " + phase.Name)
	s, err := stack.Start(ctx, engine, phase, servers, "RATE_LIMIT=0") // a load is no chat
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leftBehind(s.Close())) }()
	urls := []string{s.URL()}
	if l.direct {
		urls = nil
		for _, server := range s.Servers {
			urls = append(urls, server.URL())
		}
	}
	return l.load(ctx, urls, &loadReport{Engine: l.engine, Phase: phase.Name}, s)
}

// load is the load itself, on a stack of ours, or on nil.
func (l *loading) load(ctx context.Context, urls []string, r *loadReport, s *stack.Stack) error {
	began := time.Now()
	var connected gauge
	l.screen.bar("connecting", func() (float64, string) {
		return connected.of(l.users), fmt.Sprintf("%s of %s", comma(connected.get()), comma(l.users))
	})
	crowd, err := load.Gather(ctx, load.Options{
		URLs: urls, Users: l.users, Rooms: l.rooms, Within: l.within, Return: comeBacks[l.comeBack], Watch: connected.set,
	})
	if err != nil {
		return fmt.Errorf("unknown: %w", err)
	}
	defer crowd.Close()
	r.Users, r.Rooms, r.Servers = l.users, l.rooms, crowd.Servers()
	r.ConnectS = time.Since(began).Seconds()
	l.screen.progress.stop()
	l.screen.print(l.screen.look.words(r.gathered()))

	before := usage(s)
	talking := time.Now()
	l.screen.bar("talking", func() (float64, string) { return l.progress(talking, crowd.Ledger.Live()) })
	if err := crowd.Talk(ctx, l.pace); err != nil {
		return err
	}
	talked := time.Since(talking)
	l.screen.Doing("waiting for what is under way")
	crowd.Settle(ctx, 5*time.Second)
	l.screen.Doing("listening for what should not come")
	crowd.Listen(ctx, time.Second)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	r.Report = crowd.Judge()
	r.measure(talked, before, usage(s))
	r.Ends, r.Refusals = crowd.Ends(), crowd.Refusals()
	l.screen.progress.stop()
	err = l.show(r)
	return errors.Join(err, l.keep(r, crowd))
}

// progress says how far a talk is, and what came of it.
func (l *loading) progress(began time.Time, live ledger.Live) (part float64, text string) {
	if l.pace.For > 0 {
		part = time.Since(began).Seconds() / l.pace.For.Seconds()
	}
	if l.pace.Count > 0 {
		part = max(part, float64(live.Sent)/float64(l.pace.Count))
	}
	return part, fmt.Sprintf("%s delivered, %s missing, p99 %s",
		comma(live.Delivered), comma(max(0, live.Missing())), ms(live.P99))
}

// show tells the result, and returns the error that has its exit code.
func (l *loading) show(r *loadReport) error {
	if l.json {
		l.screen.object(r)
	} else {
		l.screen.print(l.screen.look.load(r))
	}
	return errors.Join(l.screen.err, verdict(r.Verdict))
}

// verdict is the error that has a verdict's exit code.
func verdict(v ledger.Verdict) error {
	switch v {
	case ledger.False:
		return errNotAsExpected
	case ledger.Unknown:
		return errUnknown
	}
	return nil
}

// keep writes what --out asks for.
func (l *loading) keep(r *loadReport, crowd *load.Crowd) error {
	if l.out == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = os.WriteFile(filepath.Join(l.out, "load.json"), append(text, '\n'), 0o644)
	}
	var file *os.File
	if err == nil {
		file, err = os.Create(filepath.Join(l.out, "latency.hgrm"))
	}
	if err == nil {
		err = errors.Join(crowd.Ledger.WriteLatency(file), file.Close())
	}
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	return nil
}
