-- Appends a message to its topic's stream and publishes it under its offset.
-- KEYS[1]  the topic: its stream, and its channel
-- ARGV     the payload; an epoch, should a history begin here; how many messages
--          to keep; for how many seconds
-- Answers  the entry's ID, epoch-offset.
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local epoch, offset = ARGV[2], 0
if last then
  epoch, offset = string.match(last[1], '^(%d+)-(%d+)$')
else
  redis.call('DEL', KEYS[1]) -- emptied by hand, it would remember its last ID
end
local id = epoch .. '-' .. string.format('%.0f', offset + 1)
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], id, 'payload', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('PUBLISH', KEYS[1], id .. ' ' .. ARGV[1])
return id
