-- Appends messages to their topic's stream, and publishes them, all at once, under
-- the offset of the first.
-- KEYS     the topic's stream; a hash of its publications' keys; an older such hash
-- ARGV     the topic's channel; the command that publishes; by whom; an epoch, should
--          a history begin here; how many messages to keep; for how many seconds; for
--          how many seconds a key; what counts who is subscribed, or '' where nobody
--          need be; then, of each message, its key, or '', and its payload
-- Answers  for each message its entry's ID, epoch-offset, or that of the first
--          publication with the same key; '' if nobody would have heard it.
local call, stream, newer, older = redis.call, KEYS[1], KEYS[2], KEYS[3]
-- A key is kept for as long as it has to be, or up to twice as long: half way the
-- hash makes way for a new one. (A Redis key for each publication, with a time of its
-- own, would be half of what a message costs.)
local half = ARGV[7] * 1000
local left = call('PTTL', newer)
if left >= 0 and left <= half then
  call('RENAME', newer, older)
  left = -2
end
local nobody = ARGV[8] ~= '' and call('PUBSUB', ARGV[8], ARGV[1])[2] == 0
local epoch, before
local ids, said, lengths, payloads, n = {}, {}, {}, {}, 0
for i = 9, #ARGV, 2 do
  local key, payload = ARGV[i], ARGV[i + 1]
  local id = key ~= '' and (call('HGET', newer, key) or call('HGET', older, key)) or nobody and ''
  if not id then
    if not epoch then
      local last = call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
      if last then
        epoch, before = string.match(last[1], '^(%d+-)(%d+)$')
      else
        epoch, before = ARGV[4] .. '-', 0
        call('DEL', stream) -- emptied by hand, it would remember its last ID
      end
    end
    n = n + 1
    id = epoch .. string.format('%.0f', before + n)
    call('XADD', stream, 'MAXLEN', '~', ARGV[5], id, 'payload', payload)
    lengths[n], payloads[n] = #payload, payload
    if key ~= '' then
      said[#said + 1] = key
      said[#said + 1] = id
    end
  end
  ids[#ids + 1] = id
end
if n > 0 then
  call('EXPIRE', stream, ARGV[6])
  call(ARGV[2], ARGV[1], epoch .. string.format('%.0f', before + 1) .. ' ' .. ARGV[3] .. ' ' ..
    table.concat(lengths, ',') .. ' ' .. table.concat(payloads))
end
if said[1] then
  call('HSET', newer, unpack(said))
  if left < 0 then
    call('EXPIRE', newer, 2 * ARGV[7])
  end
end
return ids
