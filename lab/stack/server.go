package stack

import (
	"context"
	"fmt"
)

// A Server is one chat server of a stack. Kill, Stop, Freeze, Thaw and CutRedis, DelayRedis, HealRedis,
// DropRedisConnections are the ones of its part.
type Server struct {
	ID string // what it calls itself, in every welcome: "server-1"
	ServerPart
	stack *Stack
}

// Start runs a killed or stopped server again. It returns when the server is ready and the balancer knows where it is.
func (s *Server) Start(ctx context.Context) error {
	if err := s.ServerPart.Start(ctx); err != nil {
		return fmt.Errorf("start %s: %w", s.ID, err)
	}
	if err := s.ready(ctx); err != nil {
		return err
	}
	return s.stack.balance(ctx)
}

func (s *Server) ready(ctx context.Context) error {
	return awaitReady(ctx, s.ID, s.URL(), s.Log)
}
