package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"secondserver/lab/ledger"
)

func TestEachDefectIsSeen(t *testing.T) {
	tests := []struct {
		name  string
		lines string
		want  string // see summary
	}{
		{"nothing is wrong", three + `
			alice says m1 general
			m1 acked
			alice hears m1 general
			bob hears m1 general
			charlie hears m1 general`,
			"true due 2 delivered 2"},
		{"a message may come before its ack", three + `
			alice says m1 general
			bob hears m1 general
			charlie hears m1 general
			m1 acked`,
			"true due 2 delivered 2"},
		{"lost", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general`,
			"false due 2 delivered 1 lost 1 first lost"},
		{"lost, and told", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general
			bob gap general`,
			"false due 2 delivered 1 lost 1 told 1 first lost"},
		{"a gap before it was sent excuses nothing", three + `
			bob gap general
			alice says m1 general
			m1 acked
			charlie hears m1 general`,
			"false due 2 delivered 1 lost 1 first lost"},
		{"nobody looked", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general
			bob unseen`,
			"unknown due 2 delivered 1 unseen 1"},
		{"doubled", three + `
			alice says m1 general
			m1 acked
			bob hears m1 general
			charlie hears m1 general
			bob hears m1 general`,
			"false due 2 delivered 2 doubled 1 first doubled"},
		{"one's own copy doubled", three + `
			alice says m1 general
			m1 acked
			bob hears m1 general
			charlie hears m1 general
			alice hears m1 general
			alice hears m1 general`,
			"false due 2 delivered 2 doubled 1 first doubled"},
		{"reordered, of one sender", three + `
			alice says m1 general
			alice says m2 general
			m1 acked
			m2 acked
			bob hears m2 general
			bob hears m1 general
			charlie hears m2 general
			charlie hears m1 general`,
			"false due 4 delivered 4 reordered 2 first reordered"},
		{"two orders of two senders", three + `
			alice says m1 general
			bob says m2 general
			m1 acked
			m2 acked
			alice hears m1 general
			alice hears m2 general
			bob hears m2 general
			bob hears m1 general
			charlie hears m1 general
			charlie hears m2 general`,
			"false due 4 delivered 4 reordered 1 first reordered"},
		{"two senders may be heard in any order, if it is one", three + `
			alice says m1 general
			bob says m2 general
			m1 acked
			m2 acked
			alice hears m2 general
			alice hears m1 general
			bob hears m2 general
			bob hears m1 general
			charlie hears m2 general
			charlie hears m1 general`,
			"true due 4 delivered 4"},
		{"no two have the same pair, and yet there is no order", three + `
			alice says m1 general
			bob says m2 general
			charlie says m3 general
			m1 acked
			m2 acked
			m3 acked
			alice hears m1 general
			alice hears m2 general
			bob hears m2 general
			bob hears m3 general
			charlie hears m3 general
			charlie hears m1 general`,
			"false due 6 delivered 3 lost 3 reordered 1 first lost"},
		{"what was refused and comes late does no harm", three + `
			alice says m1 general
			alice says m2 general
			m1 refused
			m2 acked
			bob hears m2 general
			bob hears m1 general
			charlie hears m2 general`,
			"true due 2 delivered 2"},
		{"what is sent again stands where it was taken", three + `
			alice says m1 general
			m1 refused
			alice says m2 general
			m2 acked
			m1 again
			m1 acked
			bob hears m2 general
			bob hears m1 general
			charlie hears m2 general
			charlie hears m1 general`,
			"true due 4 delivered 4"},
		{"in another room", three + `
			alice in random
			alice says m1 random
			m1 acked
			bob hears m1 random`,
			"false due 0 wrong 1 first wrong room"},
		{"under another room's name", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general
			bob in random
			bob hears m1 random`,
			"false due 2 delivered 1 lost 1 wrong 1 first lost"},
		{"told to somebody else", three + `
			alice tells m1 bob
			m1 acked
			bob hears m1
			charlie hears m1`,
			"false due 1 delivered 1 wrong 1 first wrong room"},
		{"told, and lost", three + `
			alice tells m1 bob
			m1 acked`,
			"false due 1 lost 1 first lost"},
		{"after a leave was confirmed", three + `
			bob leaves general
			bob left general
			alice says m1 general
			m1 acked
			charlie hears m1 general
			bob hears m1 general`,
			"false due 1 delivered 1 wrong 1 first wrong room"},
		{"while leaving, both is right", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general
			bob leaves general
			alice says m2 general
			m2 acked
			charlie hears m2 general
			bob hears m2 general
			bob left general`,
			"true due 2 delivered 2"},
		{"long before leaving", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general
			wait 1s
			bob leaves general
			bob left general`,
			"false due 2 delivered 1 lost 1 first lost"},
		{"back in the room", three + `
			bob leaves general
			bob left general
			alice says m1 general
			m1 acked
			charlie hears m1 general
			bob in general
			alice says m2 general
			m2 acked
			charlie hears m2 general
			bob hears m2 general`,
			"true due 3 delivered 3"},
		{"a leave that was never confirmed ends with the next join", three + `
			bob leaves general
			bob on server-1
			bob in general
			alice says m1 general
			m1 acked
			charlie hears m1 general`,
			"false due 2 delivered 1 lost 1 first lost"},
		{"sent before the join was confirmed", three + `
			alice says m1 general
			dave on server-2
			dave in general
			m1 acked
			bob hears m1 general
			charlie hears m1 general`,
			"true due 2 delivered 2"},
		{"a reconnect is no excuse", three + `
			bob on server-1
			bob in general
			alice says m1 general
			m1 acked
			charlie hears m1 general`,
			"false due 2 delivered 1 lost 1 first lost"},
		{"late", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general
			wait 2s
			bob hears m1 general`,
			"false due 2 delivered 2 late 1 first late"},
		{"refused is owed to nobody", three + `
			alice says m1 general
			m1 refused
			charlie hears m1 general`,
			"unknown due 0"},
		{"unanswered is owed to nobody", three + `
			alice says m1 general`,
			"unknown due 0"},
		{"heard before it asked to join", three + `
			dave on server-2
			alice says m1 general
			m1 acked
			bob hears m1 general
			charlie hears m1 general
			dave hears m1 general
			dave in general`,
			"false due 2 delivered 2 wrong 1 first wrong room"},
		{"told before the user was there", three + `
			alice says m1 general
			m1 acked
			bob hears m1 general
			charlie hears m1 general
			alice tells m2 dave
			m2 acked
			dave on server-2`,
			"true due 2 delivered 2"},
		{"acknowledged twice", three + `
			alice says m1 general
			m1 acked
			bob hears m1 general
			charlie hears m1 general
			wait 2s
			bob leaves general
			m1 acked`,
			"true due 2 delivered 2"},
		{"late, and never acknowledged", three + `
			alice says m1 general
			wait 2s
			bob hears m1 general`,
			"unknown due 0"},
		{"two behind one that came too early", three + `
			alice says m1 general
			alice says m2 general
			alice says m3 general
			m1 acked
			m2 acked
			m3 acked
			bob hears m3 general
			bob hears m1 general
			bob hears m2 general
			charlie hears m1 general
			charlie hears m2 general
			charlie hears m3 general`,
			"false due 6 delivered 6 reordered 2 first reordered"},
		{"what is said when nobody looks any more", three + `
			bob unseen
			alice says m1 general
			m1 acked
			charlie hears m1 general`,
			"unknown due 2 delivered 1 unseen 1"},
		{"a hole before the last that was seen is lost", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general
			wait 1s
			alice says m2 general
			m2 acked
			charlie hears m2 general
			bob hears m2 general
			alice says m3 general
			m3 acked
			charlie hears m3 general
			bob unseen`,
			"false due 6 delivered 4 lost 1 unseen 1 first lost"},
		{"what was said a moment later may come before", three + `
			alice says m1 general
			m1 acked
			charlie says m2 general
			m2 acked
			charlie hears m1 general
			alice hears m2 general
			bob hears m2 general
			bob unseen`,
			"unknown due 4 delivered 3 unseen 1"},
		{"of what is told to one there is no order of senders", three + `
			alice tells m1 bob
			m1 acked
			wait 2s
			charlie tells m2 bob
			m2 acked
			bob hears m2
			bob unseen`,
			"unknown due 2 delivered 1 unseen 1"},
		{"another text", three + `
			alice says m1 general
			m1 acked
			bob hears m1 general altered
			charlie hears m1 general`,
			"false due 2 delivered 2 altered 1 first altered"},
		{"another sender", three + `
			alice says m1 general
			m1 acked
			bob hears m1 general from charlie
			charlie hears m1 general from alice`,
			"false due 2 delivered 2 altered 1 first altered"},
		{"numbered as it was acknowledged", three + `
			alice says m1 general
			bob hears m1 general at 7
			m1 acked 7
			charlie hears m1 general at 7
			charlie hears m1 general at 7`,
			"false due 2 delivered 2 doubled 1 first doubled"},
		{"numbered otherwise for another one", three + `
			alice says m1 general
			m1 acked 7
			bob hears m1 general at 8
			charlie hears m1 general at 7`,
			"false due 2 delivered 2 misnumbered 1 first misnumbered"},
		{"acknowledged under another number", three + `
			alice says m1 general
			bob hears m1 general at 8
			charlie hears m1 general at 8
			m1 acked 7`,
			"false due 2 delivered 2 misnumbered 1 first misnumbered"},
		{"two under one number", three + `
			alice says m1 general
			m1 acked 7
			bob hears m1 general at 7
			charlie hears m1 general at 7
			alice says m2 general
			m2 acked 7
			bob hears m2 general at 7
			charlie hears m2 general at 7`,
			"false due 4 delivered 4 misnumbered 2 first misnumbered"},
		{"after a gap, and after a join, numbers begin again", three + `
			alice says m1 general
			m1 acked 7
			bob hears m1 general at 7
			charlie hears m1 general at 7
			bob gap general
			charlie in general
			alice says m2 general
			m2 acked 1
			bob hears m2 general at 1
			charlie hears m2 general at 1`,
			"true due 4 delivered 4"},
		{"what is sent again may have two numbers", three + `
			alice says m1 general
			bob hears m1 general at 7
			charlie hears m1 general at 7
			m1 again
			m1 acked 1`,
			"true due 2 delivered 2"},
		{"one's own direct message may come back", three + `
			alice tells m1 bob
			m1 acked
			bob hears m1
			alice hears m1`,
			"true due 1 delivered 1"},
		{"one message has no answer", three + `
			alice says m1 general
			m1 acked
			bob hears m1 general
			charlie hears m1 general
			alice says m2 general`,
			"unknown due 2 delivered 2"},
		{"a canary counts nowhere", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general
			bob hears m1 general
			bob sings c1 general
			c1 acked
			bob hears c1 general`,
			"true due 2 delivered 2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := play(t, ledger.Options{Within: time.Second}, test.lines)
			r := h.Judge()
			if got := summary(r); got != test.want {
				t.Errorf("got  %s\nwant %s\n%v", got, test.want, r.First)
			}
		})
	}
}

// summary is what is not zero.
func summary(r *ledger.Report) string {
	s := fmt.Sprintf("%s due %d", r.Verdict, r.Due)
	for _, part := range []struct {
		name  string
		count int
	}{
		{"delivered", r.Delivered}, {"lost", r.Lost}, {"told", r.Told}, {"unseen", r.Unseen}, {"doubled", r.Doubled},
		{"reordered", r.Reordered}, {"wrong", r.WrongRoom}, {"altered", r.Altered}, {"misnumbered", r.Misnumbered}, {"late", r.Late}, {"echoes lost", r.EchoesLost}, {"echoes unseen", r.EchoesUnseen},
	} {
		if part.count != 0 {
			s += fmt.Sprintf(" %s %d", part.name, part.count)
		}
	}
	if r.First != nil {
		s += " first " + r.First.Defect
	}
	return s
}
