package server

import (
	"fmt"
	"io"
	"testing"
)

// What a write costs, which is more than half of a delivery: frames of 150 bytes, so
// many of them at once, over a loopback connection whose other end reads them.
func BenchmarkFlush(b *testing.B) {
	for _, count := range []int{1, 16} {
		b.Run(fmt.Sprint("frames=", count), func(b *testing.B) {
			s, peer := pairOf(b)
			go io.Copy(io.Discard, peer.NetConn()) // ends with the connection
			var frames [][]byte
			for range count {
				frames = append(frames, make([]byte, 150))
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := s.Send(frames); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*count), "ns/frame")
		})
	}
}
