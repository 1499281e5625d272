#!lua name=greenlane_profiles_@VERSION@

-- Profiles in the store. One call reads, updates and returns all that a unit (the records
-- [start, next) of one source, a partition) has in one shard. A shard's keys:
--   SHARD:meta             hash: configuration, and the generations that events have reached
--   SHARD:guard            hash: source -> position expected next, and the session that may apply
--   SHARD:journal:SOURCE   hash: start of a unit -> its next position
--   SHARD:answer:SOURCE:S  list: the answer, in parts, that the unit from S on got
--   SHARD:p:KIND:G         hash: entity -> record, touched in generation G
--   SHARD:o:G              hash: order -> what was paid, or which parcel asked for it first
-- Numbers come and go packed, little-endian; layout.py has the same layouts.

-- While a library is loaded, none of these exists yet; `register` fills them in.
local call, pack, unpacked, band, bor, sub, byte, rep, concat, min

local function register(name, body)
  redis.register_function('greenlane_' .. name .. '_@VERSION@', function(keys, args)
    call, pack, unpacked, band, bor = redis.call, struct.pack, struct.unpack, bit.band, bit.bor
    sub, byte, rep, concat, min = string.sub, string.byte, string.rep, table.concat, math.min
    -- Texts live for one call: memory that is collected soon is used again while it is in the cache.
    collectgarbage('setpause', 150)
    collectgarbage('setstepmul', 400)
    return body(keys, args)
  end)
end

-- Entities of one call: few enough for the cache, and for Lua to join their records in one go (8 kB).
local CHUNK = 100

-- Return a position as text; Lua's own way keeps 14 digits.
local function exact(position)
  return string.format('%.0f', position)
end

-- Cut a text into parts of `size` bytes.
local function cut(text, size)
  local parts, count = {}, #text / size
  for first = 1, count, CHUNK do
    local many = min(CHUNK, count - first + 1)
    local found = { unpacked(rep('c' .. size, many), text, (first - 1) * size + 1) }
    for i = 1, many do parts[first + i - 1] = found[i] end
  end
  return parts
end

-- Return whole numbers as a text, 4 bytes each.
local function packed(numbers)
  local parts = {}
  for first = 1, #numbers, CHUNK do
    local many = min(CHUNK, #numbers - first + 1)
    parts[#parts + 1] = pack('<' .. rep('I', many), unpack(numbers, first, first + many - 1))
  end
  return concat(parts)
end

-- Return the values of `fields`, false or nil where there is none.
local function fetched(key, fields)
  if #fields > 0 and #fields <= CHUNK then return call('HMGET', key, unpack(fields)) end
  local found = {}
  for first = 1, #fields, CHUNK do
    local values = call('HMGET', key, unpack(fields, first, min(first + CHUNK - 1, #fields)))
    for i = 1, #values do found[first + i - 1] = values[i] end
  end
  return found
end

-- Return the values of `fields` at one key, else at that of the generation before, if there is one;
-- and what was found there only.
local function fetched_of_two(key, former, fields)
  local found, missing, places, moved = fetched(key, fields), {}, {}, {}
  if not former then return found, moved end
  for i = 1, #fields do
    if not found[i] then missing[#missing + 1], places[#places + 1] = fields[i], i end
  end
  local older = fetched(former, missing)
  for i = 1, #missing do
    if older[i] then
      found[places[i]] = older[i]
      moved[#moved + 1] = places[i]
    end
  end
  return found, moved
end

-- Return a key if there is something at it.
local function existing(key)
  return call('EXISTS', key) == 1 and key or nil
end

-- Call `command` on `key` with any number of arguments, those that belong together even ones.
local function spread(command, key, arguments)
  for first = 1, #arguments, CHUNK do
    call(command, key, unpack(arguments, first, min(first + CHUNK - 1, #arguments)))
  end
end

-- Enter a generation, drop the keys that no later unit can see, and return the newest one.
local function entered(shard, name, generation, prefixes)
  local newest = tonumber(call('HGET', shard .. ':meta', name) or -1)
  if generation <= newest then return newest end
  call('HSET', shard .. ':meta', name, generation)
  for old = newest - 1, min(newest, generation - 2) do
    for _, prefix in ipairs(prefixes) do call('UNLINK', prefix .. old) end
  end
  return generation
end

local function read_unit(keys, args)
  local start, next_, committed, keep = unpacked('<dddd', args[3])
  return {
    shard = keys[1], source = args[1], session = args[2],
    start = start, next = next_, committed = committed, keep = keep == 1,
  }
end

-- Return the position that a unit must start at, or nil and why it may not be applied.
local function expected(unit)
  local entry = call('HGET', unit.shard .. ':guard', unit.source)
  if not entry then return nil, redis.error_reply('GLLOST no position') end
  if sub(entry, 9) ~= unit.session then return nil, redis.error_reply('GLSESSION claimed') end
  local guard = unpacked('<d', entry)
  if unit.start > guard then return nil, redis.error_reply('GLGAP ' .. exact(guard)) end
  return guard
end

local function journal_key(shard, source)
  return shard .. ':journal:' .. source
end

local function answer_key(shard, source, start)
  return shard .. ':answer:' .. source .. ':' .. start
end

-- Return nil if a unit is to be applied now; else what to answer instead.
local function answered(unit)
  local guard, refused = expected(unit)
  if refused then return refused end
  if unit.start == guard then return nil end
  if not unit.keep and unit.next <= guard then return {} end
  local start = exact(unit.start)
  local former = call('HGET', journal_key(unit.shard, unit.source), start)
  if not former then return redis.error_reply('GLPAST ' .. exact(guard)) end
  local cut_at = unpacked('<d', former)
  if cut_at ~= unit.next then return redis.error_reply('GLCUT ' .. exact(cut_at)) end
  return call('LRANGE', answer_key(unit.shard, unit.source, start), 0, -1)
end

-- Drop a source's answers of units that start before a position.
local function forget(shard, source, position)
  local journal = journal_key(shard, source)
  for _, start in ipairs(call('HKEYS', journal)) do
    if tonumber(start) < position then
      call('HDEL', journal, start)
      call('UNLINK', answer_key(shard, source, start))
    end
  end
end

-- Note that a unit was applied, keep its answer until it is committed, and return the answer. It
-- stays in parts: Lua's way to join a long text goes over it several times.
local function applied(unit, parts)
  call('HSET', unit.shard .. ':guard', unit.source, pack('<d', unit.next) .. unit.session)
  forget(unit.shard, unit.source, unit.committed)
  if not unit.keep then return {} end
  local start = exact(unit.start)
  local key = answer_key(unit.shard, unit.source, start)
  call('HSET', journal_key(unit.shard, unit.source), start, pack('<d', unit.next))
  call('UNLINK', key) -- whoever put the store back to an earlier state may have left a later answer
  spread('RPUSH', key, parts)
  return parts
end

-- Take a source for a session; return where it stood, and where its unit from `position` ends, -1
-- for unknown. With `begin` it stands at `position` from now on, whatever it did before.
local function claim(keys, args)
  local shard, source, session, position, begin = keys[1], args[1], args[2], args[3], args[4]
  local guards = shard .. ':guard'
  local entry = call('HGET', guards, source)
  local stood = entry and unpacked('<d', entry) or -1
  local former = call('HGET', journal_key(shard, source), position)
  local guard = stood
  if begin == '1' then
    forget(shard, source, math.huge)
    guard = tonumber(position)
  end
  if guard >= 0 then call('HSET', guards, source, pack('<d', guard) .. session) end
  return pack('<dd', stood, former and unpacked('<d', former) or -1)
end
