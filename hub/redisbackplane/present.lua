-- Notes which users an instance has in a room now and which no longer, and tells
-- everyone who came or left by that: the first instance that has a user makes him
-- come, the last one makes him leave.
-- KEYS     the room's participants: a hash, user -> the instances that have him,
--          and '@epoch' and '@changes', which number what was told
-- ARGV     the room's channel; the command that publishes; by whom; an epoch, should
--          the room begin here; for how many seconds to keep it; the instance; then,
--          for each user, '+' or '-' and the name
local channel, publish, via, instance = ARGV[1], ARGV[2], ARGV[3], ARGV[6]

local function tell(event, user)
  local epoch = redis.call('HGET', KEYS[1], '@epoch')
  if not epoch then
    epoch = ARGV[4]
    redis.call('HSET', KEYS[1], '@epoch', epoch)
  end
  local change = redis.call('HINCRBY', KEYS[1], '@changes', 1)
  redis.call(publish, channel, '@' .. epoch .. '-' .. change .. ' ' .. via .. ' ' .. event .. user .. ' ' .. instance)
end

local function come(user, instances)
  if not instances then
    redis.call('HSET', KEYS[1], user, instance)
    tell('+', user)
  elseif not string.find(' ' .. instances .. ' ', ' ' .. instance .. ' ', 1, true) then
    redis.call('HSET', KEYS[1], user, instances .. ' ' .. instance)
  end
end

local function go(user, instances)
  local others = {}
  for other in string.gmatch(instances or '', '%S+') do
    if other ~= instance then
      table.insert(others, other)
    end
  end
  if #others > 0 then
    redis.call('HSET', KEYS[1], user, table.concat(others, ' '))
  elseif redis.call('HDEL', KEYS[1], user) == 1 then
    tell('-', user)
  end
end

for i = 7, #ARGV, 2 do
  local instances = redis.call('HGET', KEYS[1], ARGV[i + 1])
  if ARGV[i] == '+' then
    come(ARGV[i + 1], instances)
  else
    go(ARGV[i + 1], instances)
  end
end

if redis.call('HLEN', KEYS[1]) <= 2 then
  redis.call('DEL', KEYS[1]) -- nobody is left; whoever comes next begins an epoch
else
  redis.call('EXPIRE', KEYS[1], ARGV[5])
end
return 'OK'
