-- Reads who is in a room, and where; and keeps it.
-- KEYS     the room's participants: see present.lua
-- ARGV     for how many seconds
redis.call('EXPIRE', KEYS[1], ARGV[1])
return redis.call('HGETALL', KEYS[1])
