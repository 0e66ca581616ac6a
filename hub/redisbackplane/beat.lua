-- One beat of an instance's heart, and a look at all others'.
-- KEYS     instances: a hash, instance -> its last beat, by Redis's clock, in
--          milliseconds; and '@epoch', which another history of it has not
-- ARGV     the instance; the epoch that it has seen last, '' before its first beat;
--          an epoch, should one begin here; for how many seconds to keep the hash;
--          then '-' and an instance that is known to be dead, or '+' and one that
--          lived when another epoch ended
-- Answers  the epoch; then, for each instance, its name and how long ago its last
--          beat was, in milliseconds. Nothing, where the instance was there in this
--          epoch, and has been taken out: it was taken for dead.
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
for i = 5, #ARGV, 2 do
  if ARGV[i] == '-' then
    redis.call('HDEL', KEYS[1], ARGV[i + 1])
  else
    redis.call('HSETNX', KEYS[1], ARGV[i + 1], now)
  end
end
local epoch = redis.call('HGET', KEYS[1], '@epoch')
if epoch and epoch == ARGV[2] and redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  return {}
end
if not epoch then
  epoch = ARGV[3]
  redis.call('HSET', KEYS[1], '@epoch', epoch)
end
redis.call('HSET', KEYS[1], ARGV[1], now)
redis.call('EXPIRE', KEYS[1], ARGV[4])
local answer = {epoch}
local beats = redis.call('HGETALL', KEYS[1])
for i = 1, #beats, 2 do
  if beats[i] ~= '@epoch' then
    table.insert(answer, beats[i])
    table.insert(answer, now - beats[i + 1])
  end
end
return answer
