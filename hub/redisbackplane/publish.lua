-- Appends a message to its topic's stream and publishes it under its offset.
-- KEYS     the topic's stream; then what remembers the publication's own key, if it
--          has one
-- ARGV     the topic's channel; the payload; an epoch, should a history begin here; how many messages
--          to keep; for how many seconds; for how many seconds the key; the command
--          that publishes; by whom; and, if it is only for those who are subscribed
--          now, what counts them
-- Answers  the entry's ID, epoch-offset, that of the first publication with the
--          same key; '' if nobody would have heard it.
local before = KEYS[2] and redis.call('GET', KEYS[2])
if before then
  return before
end
if ARGV[9] and redis.call('PUBSUB', ARGV[9], ARGV[1])[2] == 0 then
  return ''
end
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local epoch, offset = ARGV[3], 0
if last then
  epoch, offset = string.match(last[1], '^(%d+)-(%d+)$')
else
  redis.call('DEL', KEYS[1]) -- emptied by hand, it would remember its last ID
end
local id = epoch .. '-' .. string.format('%.0f', offset + 1)
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[4], id, 'payload', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[5])
if KEYS[2] then
  redis.call('SET', KEYS[2], id, 'EX', ARGV[6])
end
redis.call(ARGV[7], ARGV[1], id .. ' ' .. ARGV[8] .. ' ' .. ARGV[2])
return id
