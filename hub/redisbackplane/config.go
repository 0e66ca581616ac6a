package redisbackplane

import "secondserver/hub"

// A Config says where Redis is. The zero value of every field but URL is a useful
// one.
type Config struct {
	// URL is where Redis is, in one of go-redis's forms, rediss:// for TLS (by the
	// authorities that the system trusts, or those in the file SSL_CERT_FILE):
	//
	//	redis://[user:password@]host:port[/db]
	//	redis://[user:password@]host:port[/db]?master_name=mymaster&addr=host2:port2
	//	redis://[user:password@]host:port?addr=host2:port2
	//
	// The second names sentinels, and what they call the master; what stands before
	// the @ is then for the sentinels, and the master's is username= and password=.
	// The third names some nodes of a cluster (Redis 7); the host may be given twice.
	// All instances have to be told the same addresses by it.
	URL string

	// Retention is how much of each topic's history is kept. All instances should
	// say the same.
	Retention hub.Retention

	// Wait is how many replicas must have a message before it is acknowledged. With
	// 0 a failover may take acknowledged messages back: the last ones, that the
	// master had not passed on. The price is the replicas' round trip for each batch
	// of messages, and that nothing is acknowledged while so many replicas are not
	// there, though it was published and is heard. Messages only:
	// who comes to a room, or leaves it, waits for no replica.
	//
	// This is not consensus. Where a replica that has not got them can be promoted (one
	// of two, with a Wait of 1), acknowledged messages can still be taken back.
	Wait int
}
