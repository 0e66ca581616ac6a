package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"secondserver/lab/report"
	"secondserver/lab/stack"
)

// draw has lab/draw draw the figures: a program of its own, which is fetched and built
// when it is first wanted.
func draw(ctx context.Context, results []*report.Result, folder string) (pictures map[string]string, err error) {
	figures := make(map[string]report.Figure)
	for _, r := range results {
		figures[r.Name] = r.Figure
	}
	input, err := json.Marshal(figures)
	if err != nil {
		return nil, err
	}
	root, err := stack.ModuleRoot()
	if err != nil {
		return nil, err
	}
	folder, err = filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, "go", "run", "./lab/draw", folder)
	command.Dir, command.Stdin, command.WaitDelay = root, bytes.NewReader(input), time.Second
	if output, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("draw the pictures: go run ./lab/draw: %w\n%s", err, output)
	}
	pictures = make(map[string]string)
	for name := range figures {
		picture, err := os.ReadFile(filepath.Join(folder, name+".svg"))
		if err != nil {
			return nil, err
		}
		pictures[name] = string(picture)
	}
	return pictures, nil
}
