//go:build !linux

package server

// A lobby is where sockets rest without a goroutine each: nowhere, on this system.
type lobby struct{}

func (*lobby) open()                      {}
func (*lobby) close()                     {}
func (*lobby) enter(*socket, func()) bool { return false }
func (*lobby) wake(*socket)               {}
