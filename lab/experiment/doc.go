// Package experiment asks what happens when a second server shows up, one question
// at a time, and answers with a number.
//
//	for _, e := range experiment.All {
//		result, err := e.Run(ctx, experiment.Options{Engine: engine})
//		if err != nil { … } // it could not be run
//		if !result.Holds() { … result.Claims … }
//	}
//
// Each starts the stacks it needs, brings a crowd, breaks something, and has the
// ledger account for every message. The answer is a [report.Result]: a table, a
// picture, what the number has to show and whether it did, and a sentence that it
// proves.
//
// In reading order: experiment.go (what one is, and the list), bench.go (what it is
// run on). Then the experiments, a file each, in the order of the course:
// instances.go, green.go, sticky.go, wrongturns.go, lazy.go, selfreceive.go, blip.go,
// autoscale.go, deploy.go, ghosts.go, hop.go.
//
// A new one is a file, a line in All, and a section in docs/experiments.md.
package experiment
