-- Reads what a subscriber has missed.
-- KEYS[1]  the topic's stream
-- ARGV     an epoch, should a history begin here; the epoch and the offset that
--          the subscriber has reached, both empty for a new one; how many messages
--          at most; for how many seconds to keep the stream
-- Answers  the stream's last ID, and the entries after the subscriber's offset. To
--          a subscriber of another epoch, all of this one's; to a new one, none.
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not last then
  -- Entry 0 is no message. It makes the epoch known before the first one.
  local id = ARGV[1] .. '-0'
  redis.call('XADD', KEYS[1], id, 'open', '')
  redis.call('EXPIRE', KEYS[1], ARGV[5])
  return {id, {}}
end
if ARGV[2] == '' then
  return {last[1], {}}
end
local epoch = string.match(last[1], '^%d+')
local after = epoch .. '-' .. (ARGV[2] == epoch and ARGV[3] or '0')
return {last[1], redis.call('XRANGE', KEYS[1], '(' .. after, '+', 'COUNT', ARGV[4])}
