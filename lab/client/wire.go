package client

// A wire carries frames both ways: a WebSocket (socket.go), or polls for those
// who cannot hold one (poll.go). All that a Client does is above it.
type wire interface {
	// read waits for the next frame, which is valid until the next read. Its error
	// is why the connection has ended. Only the receiving goroutine calls it.
	read() ([]byte, error)

	// write sends one frame. One is sent at a time. After an error the connection
	// is of no use, and read soon says why, if it can.
	write(frame []byte) error

	// goodbye tells the server that nobody will come back, if it can within a second.
	goodbye()

	// close ends the connection, and with it every read and write.
	close()
}
