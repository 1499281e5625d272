
-- A record: decayed sums relative to its generation's reference time, total, first and last minute,
-- place of the last parcel, a sketch of counterparties; then, if not all 0, three counts.
local RECORD = '<fffffffffffffII3I3c6II'
local COUNTS = '<III'
local SIZE, SUMS, LONGEST, SKETCH = 76, 13, 3, { 18, 19 }
local KINDS, ID, NEAR = 6, 8, 8
-- After as many, nothing is left of a sum.
local MOST_PERIODS = 400
local NOTHING = ('\0'):rep(SIZE)
-- The end of a period clears every other bit of a sketch, the odd and the even ones in turn.
local AGED = { [0] = 0x55555555, [1] = 0xAAAAAAAA }

local function profile_key(shard, kind, generation)
  return shard .. ':p:' .. kind .. ':' .. exact(generation)
end

-- Return a record with its sums relative to the reference time of `periods` later.
local function faded(record, fade, periods, mask)
  local values = { unpacked(RECORD, record) }
  values[#values] = nil -- the position after the record
  for i = 1, SUMS do
    local factor = fade[i <= 9 and (i - 1) % 3 + 1 or LONGEST]
    for _ = 1, math.min(periods, MOST_PERIODS) do values[i] = values[i] * factor end
  end
  for _, place in ipairs(mask and SKETCH or {}) do values[place] = band(values[place], mask) end
  return pack(RECORD, unpack(values)) .. sub(record, SIZE + 1)
end

-- Return a record with another one (at a place in a text) added, and `near` of its parcels near.
local function added(old, text, at, near)
  local a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, an, af, al, _, as, at_ =
    unpacked(RECORD, old)
  local b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, bn, bf, bl, place, bs, bt =
    unpacked(RECORD, text, at)
  local record = pack(RECORD, a1 + b1, a2 + b2, a3 + b3, a4 + b4, a5 + b5, a6 + b6, a7 + b7,
    a8 + b8, a9 + b9, a10 + b10, a11 + b11, a12 + b12, a13 + b13, an + bn, af < bf and af or bf,
    al > bl and al or bl, place, bor(as, bs), bor(at_, bt))
  if #old == SIZE then return near and record .. pack(COUNTS, near, 0, 0) or record end
  if not near then return record .. sub(old, SIZE + 1) end
  local before, inspected, violations = unpacked(COUNTS, old, SIZE + 1)
  return record .. pack(COUNTS, before + near, inspected, violations)
end

-- Return the records of `fields`; those of the generation before move over to this one.
local function current(shard, kind, generation, fields, fade)
  local found = fetched(profile_key(shard, kind, generation), fields)
  local missing, places, moved = {}, {}, {}
  for i = 1, #fields do
    if not found[i] then missing[#missing + 1], places[#places + 1] = fields[i], i end
  end
  local former = profile_key(shard, kind, generation - 1)
  local older = fetched(former, missing)
  for i = 1, #missing do
    if older[i] then
      found[places[i]] = faded(older[i], fade, 1, AGED[generation % 2])
      moved[#moved + 1] = missing[i]
    end
  end
  spread('HDEL', former, moved)
  return found
end

-- Return how many parcels are near a threshold, by the place of the entity in the request.
local function near_counts(text)
  local found = {}
  for at = 1, #text, NEAR do
    local place, count = unpacked('<II', text, at)
    found[place] = count
  end
  return found
end

-- Return what to write for an entity that the unit is the first to touch.
local function begun(text, at, near)
  local record = sub(text, at, at + SIZE - 1)
  return near and record .. pack(COUNTS, near, 0, 0) or record
end

-- Add deltas, from place `first` on, to some entities of one kind. `parts` gets the records before
-- the unit, from its second place on, and `tails` their counts.
local function add_chunk(unit, kind, fields, deltas, first, near, parts, tails)
  local found = current(unit.shard, kind, unit.newest, fields, unit.fade)
  local written, count, lag = {}, #parts, unit.newest - unit.generation
  for i = 1, #fields do
    local place = first + i - 2
    local text, at, old, some = deltas, place * SIZE + 1, found[i], near[place]
    if lag > 0 then text, at = faded(sub(text, at, at + SIZE - 1), unit.fade, lag), 1 end
    written[2 * i - 1] = fields[i]
    written[2 * i] = old and added(old, text, at, some) or begun(text, at, some)
    if old and #old > SIZE then
      tails[#tails + 1] = pack('<I', count + i - 2) .. sub(old, SIZE + 1)
      old = sub(old, 1, SIZE)
    end
    parts[count + i] = old or NOTHING
  end
  call('HSET', profile_key(unit.shard, kind, unit.newest), unpack(written))
end

-- Add a unit's deltas to all entities of one kind, a few at a time while they are in the cache.
local function add_deltas(unit, kind, ids, deltas, near, parts, tails)
  local fields = cut(ids, ID)
  for first = 1, #fields, CHUNK do
    local some = { unpack(fields, first, math.min(first + CHUNK - 1, #fields)) }
    add_chunk(unit, kind, some, deltas, first, near, parts, tails)
  end
end
