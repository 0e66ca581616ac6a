package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"secondserver/lab/dialect"
	"secondserver/lab/ledger"
)

// grade is a line for each thing that is asked of a chat server, and of which something
// was seen.
func (l look) grade(r *loadReport, traits dialect.Traits) string {
	var b strings.Builder
	fmt.Fprintln(&b, "  "+strings.TrimLeft(r.gathered(), " "))
	line := func(colour, text string) {
		for _, line := range wrap(text, "  ") {
			fmt.Fprintln(&b, l.paint(colour, line))
		}
	}
	row := func(wrong int, good, bad string) {
		if wrong > 0 {
			line(red, fmt.Sprintf("❌ %s %s", comma(wrong), bad))
		} else {
			line(green, "✅ "+good)
		}
	}
	near, far := r.sums()
	deliveries := func(sum ledger.Between, where string) {
		switch unseen := sum.Due - sum.Delivered - sum.Lost; {
		case sum.Lost > 0:
			line(red, fmt.Sprintf("❌ lost %s: %s of %s", where, comma(sum.Lost), comma(sum.Due)))
		case unseen > 0:
			line(yellow, fmt.Sprintf("− unknown %s: nobody could have seen %s of %s", where, comma(unseen), comma(sum.Due)))
		case sum.Due > 0:
			line(green, fmt.Sprintf("✅ delivered %s: all %s", where, comma(sum.Due)))
		}
	}
	deliveries(near, "on the sender's own server")
	deliveries(far, "across servers")
	switch {
	case !traits.Echoes || r.Acked == 0:
	case r.EchoesLost == 0 && r.EchoesUnseen > 0:
		line(yellow, fmt.Sprintf("− unknown: %s senders could not have heard themselves", comma(r.EchoesUnseen)))
	default:
		row(r.EchoesLost, "senders hear themselves", "messages not heard by their senders")
	}
	if r.Heard+r.WrongRoom > 0 {
		row(r.Doubled, "nothing twice", "heard again")
		row(r.Reordered, "in one order for all", "out of order")
		if traits.Rooms || traits.Directs {
			row(r.WrongRoom, "only where it was said", "heard where they do not belong")
		}
		if traits.Senders {
			row(r.Altered, "as it was said, and by whom", "altered, or under another name")
		} else {
			row(r.Altered, "as it was said", "altered")
		}
		if r.Misnumbered > 0 { // many a server numbers nothing
			row(r.Misnumbered, "", "misnumbered")
		}
		row(r.Late, "in time", "late")
	}
	if traits.Refuses {
		row(r.Refused, "nothing refused", "messages refused"+r.codes())
	}
	if traits.Acks {
		row(r.Unanswered, "everything answered", "messages not answered")
	}
	if traits.Leaves && r.Leave == "" {
		line(green, "✅ every leave is confirmed")
	} else if traits.Leaves {
		line(red, "❌ a leave is not confirmed: "+r.Leave)
	}
	switch {
	case r.Verdict == ledger.False:
		fmt.Fprintln(&b, l.paint(red, "Fails."))
		b.WriteString(trace(r.First))
	case r.Verdict == ledger.Unknown:
		fmt.Fprintln(&b, l.paint(yellow, "Unknown: "+r.tooLittle()))
	case len(r.Servers) == 1:
		fmt.Fprintln(&b, l.paint(green, "Passes.")+" Only one server was met: this says nothing about a second one.")
	default:
		fmt.Fprintln(&b, l.paint(green, "Passes."))
	}
	return l.words(strings.TrimRight(b.String(), "\n"))
}

// sums are the deliveries on the senders' own servers, and those to others.
func (r *loadReport) sums() (near, far ledger.Between) {
	for _, x := range r.Between {
		sum := &far
		if x.From == x.To {
			sum = &near
		}
		sum.Due += x.Due
		sum.Delivered += x.Delivered
		sum.Lost += x.Lost
	}
	return near, far
}

// codes are those of refusals: ": rate_limited, unavailable".
func (r *loadReport) codes() string {
	if len(r.Refusals) == 0 {
		return ""
	}
	return ": " + strings.Join(slices.Sorted(maps.Keys(r.Refusals)), ", ")
}
