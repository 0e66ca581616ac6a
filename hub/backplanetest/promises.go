package backplanetest

// The promises of hub.Backplane: the contract on one page. Some are about one
// instance, some about several, and some need means to disturb them.
var promises = []promise{
	// Messages are heard: by one instance (heard.go) …
	{"a topic's offsets are 1, 2, 3 and so on, in the order of the calls", offsetsCount},
	{"a subscriber hears every message after its position, once and in order", hearsAll},
	{"once Subscribe has returned nothing is missed", nothingMissed},
	{"a topic that was left can be joined again at once", leftAndJoined},
	{"payloads arrive as they were", payloadsUnchanged},
	{"topics do not mix", topicsDoNotMix},
	{"all subscribers hear the same order, whoever publishes", oneOrder},
	{"after cancel nothing is delivered, and others go on hearing", cancelEnds},

	// … by several (shared.go) …
	{"what one instance publishes is heard on every other", heardElsewhere},
	{"instances count a topic's offsets together", countTogether},
	{"members of different instances hear the same order", sameOrderEverywhere},

	// … and by disturbed ones (disturbed.go).
	{"a broken connection leaves neither a hole nor a double", brokenConnection},
	{"lost history is told as a gap, once, and what follows it is heard", toldGap},
	{"an instance is ready, and within 3 s of a broken connection again", readyAgain},

	// They are kept, and can be asked for (kept.go).
	{"history goes on from any position, page by page, in order and complete", historyGoesOn},
	{"history after the zero position is the newest", historyNewest},
	{"history that does not go on from a position is a gap", historyGap},
	{"as much history is kept as was agreed, and a tenth more at most", historyBounds},
	{"history that is read while it grows has no holes", historyGrows},
	{"what was acknowledged, or delivered, is in the history of every instance", historyShared},
	{"lost history is a gap to its readers, and the new one is read from its beginning", historyLost},

	// Published again, they are not doubled (keys.go).
	{"a key that is published again gets the first position, and nobody hears it twice", keyAgain},
	{"of many publications of one key at once exactly one is heard", keyAtOnce},
	{"a key counts in its own topic, and no key is like no other", keyOfItsTopic},
	{"a key outlives its message", keyOutlives},
	{"a key that one instance has published is known to every other", keyShared},
	{"a key that is published again after a lost answer makes no second copy", keyAfterBreak},

	// Some are for one user, or for everyone (addressed.go).
	{"a message to a user whom nobody hears is refused, and leaves no trace", nobodyHears},
	{"a user is reached until the last who hears him has cancelled", userReached},
	{"a user is reached on every instance that hears him", userReachedEverywhere},
	{"everyone is reached, on every instance", everyoneReached},
	{"a broken connection loses and doubles nothing that is said to a user", userAfterBreak},

	// And who is there: on one instance, on several (present.go) …
	{"who has entered a room is a participant, and its watchers have heard so, once", entered},
	{"a user leaves a room with the last of his leaves", leavesLast},
	{"a watcher is told first who is there, and nothing any more after cancel", watchBegins},
	{"participants of different rooms do not mix", presenceOfItsRoom},
	{"watchers who follow the changes know who is there", watchersKnow},
	{"who enters on one instance is seen on every other, once", seenElsewhere},
	{"a user on several instances leaves with the last", leavesLastInstance},
	{"watchers on all instances who follow the changes know who is there", watchersKnowEverywhere},

	// … and on disturbed ones (absent.go)?
	{"a broken connection takes nobody out of a room, and hides no change", presenceAfterBreak},
	{"when everything was lost, those who are still there come back by themselves", presenceAfterForget},
	{"an instance that dies is out of its rooms within 6 s, and nobody else is", presenceAfterDeath},
}
