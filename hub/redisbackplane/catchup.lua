-- Reads what a subscriber has missed.
-- KEYS     the topic's stream
-- ARGV     an epoch, should a history begin here, or '' if none should; the epoch
--          and the offset that the subscriber has reached, both empty for a new one; how many messages
--          at most; for how many seconds to keep the stream from now on
-- Answers  the stream's last ID, and entries: from the subscriber's offset on, that
--          one included. To a subscriber of another epoch, all of this one's; to a
--          new one, the newest, and that one first. '' and none, where there is no
--          history and none should begin.
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not last and ARGV[1] == '' then
  return {'', {}}
end
if not last then
  -- Entry 0 is no message. It makes the epoch known before the first one. A stream
  -- that was emptied by hand remembers its last ID, so it has to go first.
  redis.call('DEL', KEYS[1])
  last = {ARGV[1] .. '-0', {'open', ''}}
  redis.call('XADD', KEYS[1], last[1], 'open', '')
end
redis.call('EXPIRE', KEYS[1], ARGV[5])
if ARGV[2] == '' then
  return {last[1], redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', ARGV[4])}
end
local epoch = string.match(last[1], '^%d+')
local from = epoch .. '-' .. (ARGV[2] == epoch and ARGV[3] or '1')
return {last[1], redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', ARGV[4])}
