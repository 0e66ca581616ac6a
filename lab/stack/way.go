package stack

// A Way is a direction of the cable between a server and Redis.
type Way int

const (
	BothWays  Way = iota
	ToRedis       // what the server asks
	FromRedis     // what Redis answers and delivers
)
