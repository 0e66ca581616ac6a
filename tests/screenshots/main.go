// Screenshots takes the README's pictures of the page, phases 2 and 3, in light and
// dark, from the real page in a real browser on stacks of its own.
//
//	go run ./tests/screenshots FOLDER
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"secondserver/lab/stack"
	"secondserver/tests/browser"
)

// scale is pixels in one of CSS: sharp on a good screen, and not too large a file.
const scale = 1.5

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func run() (err error) {
	if len(os.Args) != 2 {
		return errors.New("usage: screenshots FOLDER")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	b, err := browser.New(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	engine := stack.Embedded(nil)
	defer func() { err = errors.Join(err, engine.Close()) }()
	for _, phase := range stack.Phases[1:] {
		if err := take(ctx, b, engine, phase, os.Args[1]); err != nil {
			return fmt.Errorf("%s: %w", phase.Name, err)
		}
	}
	return nil
}

// take starts a phase and takes its pictures: phase2.png and phase2-dark.png.
func take(ctx context.Context, b *browser.Browser, engine stack.Engine, phase stack.Phase, folder string) (err error) {
	s, err := stack.Start(ctx, engine, phase, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for _, dark := range []bool{false, true} {
		name := fmt.Sprintf("phase%d", phase.Number)
		if dark {
			name += "-dark"
		}
		picture, err := bench(b, s.URL(), dark)
		if err != nil {
			return err
		}
		file := filepath.Join(folder, name+".png")
		if err := os.WriteFile(file, picture, 0o644); err != nil {
			return err
		}
		fmt.Println(file)
	}
	return nil
}

// bench is the page from its top to the end of the drawing, once the story has been told.
func bench(b *browser.Browser, url string, dark bool) ([]byte, error) {
	view := browser.Projector
	view.Scale, view.Dark = scale, dark
	tab, err := b.Open(url, view)
	if err != nil {
		return nil, err
	}
	defer tab.Close()
	if err := tab.Until(`document.getElementById('bench').dataset.busy === 'false'`); err != nil {
		return nil, err
	}
	if kept, err := browser.Eval[string](tab, `document.getElementById('verdict').dataset.kept`); err != nil || kept != "true" {
		return nil, fmt.Errorf("the page does not say that all is as expected: %q, %w", kept, err)
	}
	bottom, err := browser.Eval[float64](tab, `document.getElementById('drawing').getBoundingClientRect().bottom`)
	if err != nil {
		return nil, err
	}
	shot, err := tab.Screenshot()
	if err != nil {
		return nil, err
	}
	return cut(shot, int(bottom*scale)+8)
}

// cut is the upper part of a PNG.
func cut(shot []byte, height int) ([]byte, error) {
	whole, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		return nil, err
	}
	part := image.NewRGBA(image.Rect(0, 0, whole.Bounds().Dx(), min(height, whole.Bounds().Dy())))
	draw.Draw(part, part.Bounds(), whole, image.Point{}, draw.Src)
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	err = encoder.Encode(&b, part)
	return b.Bytes(), err
}
