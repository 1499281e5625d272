
-- A record: decayed sums relative to its generation's reference time, total, first and last minute,
-- place of the last parcel, a sketch of counterparties; then, if not all 0, three counts.
local RECORD = '<fffffffffffffII3I3c6II'
-- The same without the place, which nobody needs who adds a later parcel.
local FORMER = '<fffffffffffffII3I3xxxxxxII'
local COUNTS = '<III'
-- Both with the counts.
local COUNTED, FORMER_COUNTED = RECORD .. 'III', FORMER .. 'III'
local SIZE, SUMS, LONGEST, SKETCH = 76, 13, 3, { 18, 19 }
local KINDS, ID, NEAR, REFERENCE = 6, 8, 8, 5
-- A sketch's bits by their number, of the lower and of the upper word.
local POWERS = {}
for bit = 0, 31 do POWERS[bit] = 2 ^ bit end
-- Instead of a bit: the counterparty is not known; a record of several parcels is meant.
local NOBODY, SHARED = 64, 65
-- A parcel: what it counts in each window, its value, its weight and the logarithms of value a
-- unit and a kilogram, its minute and its place.
local PARCEL, PARCEL_SIZE = '<fffffffI3c6', 37
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
    for _ = 1, min(periods, MOST_PERIODS) do values[i] = values[i] * factor end
  end
  for _, place in ipairs(mask and SKETCH or {}) do values[place] = band(values[place], mask) end
  return pack(RECORD, unpack(values)) .. sub(record, SIZE + 1)
end

-- Return a record with a parcel (at a place in a text) added, a bit in its sketch, and what is near
-- a threshold, nil for nothing.
local function visited(old, text, at, bit, near)
  local counted = #old > SIZE
  local a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, total, first, last, low, high,
    n, inspected, violations = unpacked(counted and FORMER_COUNTED or FORMER, old)
  local w1, w2, w3, value, weight, unit, kilo, minute, place = unpacked(PARCEL, text, at)
  if bit < 32 then
    bit = POWERS[bit]
    if low % (bit + bit) < bit then low = low + bit end
  elseif bit < NOBODY then
    bit = POWERS[bit - 32]
    if high % (bit + bit) < bit then high = high + bit end
  end
  if not counted then n, inspected, violations = 0, 0, 0 end
  local units, kilos = w3 * unit, w3 * kilo
  return pack((counted or near) and COUNTED or RECORD, -- which takes as many values as it needs
    a1 + w1, a2 + w2, a3 + w3, a4 + w1 * value, a5 + w2 * value, a6 + w3 * value,
    a7 + w1 * weight, a8 + w2 * weight, a9 + w3 * weight, a10 + units, a11 + units * unit,
    a12 + kilos, a13 + kilos * kilo, total + 1, first < minute and first or minute,
    last > minute and last or minute, place, low, high, n + (near or 0), inspected, violations)
end

-- Return the record of an entity whose first parcel is at a place in a text.
local function began(text, at, bit)
  local w1, w2, w3, value, weight, unit, kilo, minute, place = unpacked(PARCEL, text, at)
  local units, kilos, low, high = w3 * unit, w3 * kilo, 0, 0
  if bit < 32 then low = POWERS[bit] elseif bit < NOBODY then high = POWERS[bit - 32] end
  return pack(RECORD, w1, w2, w3, w1 * value, w2 * value, w3 * value, w1 * weight, w2 * weight,
    w3 * weight, units, units * unit, kilos, kilos * kilo, 1, minute, minute, place, low, high)
end

-- Return a record with another one (at a place in a text) added, and what is near a threshold.
local function joined(old, text, at, near)
  local counted = #old > SIZE
  local a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, an, af, al, as, at_,
    n, inspected, violations = unpacked(counted and FORMER_COUNTED or FORMER, old)
  local b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, bn, bf, bl, place, bs, bt =
    unpacked(RECORD, text, at)
  if not counted then n, inspected, violations = 0, 0, 0 end
  return pack((counted or near) and COUNTED or RECORD, a1 + b1, a2 + b2, a3 + b3, a4 + b4, a5 + b5,
    a6 + b6, a7 + b7, a8 + b8, a9 + b9, a10 + b10, a11 + b11, a12 + b12, a13 + b13, an + bn,
    af < bf and af or bf, al > bl and al or bl, place, bor(as, bs), bor(at_, bt),
    n + (near or 0), inspected, violations)
end

-- Return the records of `fields`; those of the generation before move over to this one.
local function current(unit, fields)
  local found, moved = fetched_of_two(unit.key, unit.former, fields)
  for i = 1, #moved do
    local place = moved[i]
    found[place] = faded(found[place], unit.fade, 1, AGED[unit.newest % 2])
    moved[i] = fields[place]
  end
  if #moved > 0 then spread('HDEL', unit.former, moved) end
  return found
end

-- Return how many parcels are near a threshold, by the place of the entity in the request.
local function near_counts(text)
  local found = {}
  for at = 1, #text, NEAR do
    local place, count = unpacked('<II', text, at)
    found[place + 1] = count
  end
  return found
end

-- Return a record, if there is one, with what a reference (a number and a bit) stands for added.
local function added(unit, old, number, bit, near)
  local at, shared = number * PARCEL_SIZE + 1, bit == SHARED and number * SIZE + 1
  if old and unit.lag == 0 then
    if shared then return joined(old, unit.shared, shared, near) end
    return visited(old, unit.parcels, at, bit, near)
  end
  local made = shared and sub(unit.shared, shared, shared + SIZE - 1) or began(unit.parcels, at, bit)
  if unit.lag > 0 then made = faded(made, unit.fade, unit.lag) end
  if old then return joined(old, made, 1, near) end
  return near and made .. pack(COUNTS, near, 0, 0) or made
end

-- Add to some entities of one kind what their references stand for. `parts` gets the records
-- before the unit, `counted` the places of those with counts.
local function add_chunk(unit, fields, references, parts, counted)
  local found, many = current(unit, fields), #fields
  local written, before, done = unit.written, unit.before, unit.done
  for i = 1, many do
    local old, near = found[i], unit.near[done + i]
    written[2 * i - 1] = fields[i]
    written[2 * i] = added(unit, old, references[2 * i - 1], references[2 * i], near)
    if old and #old > SIZE then counted[#counted + 1] = done + i - 1 end
    before[i] = old or NOTHING
  end
  call('HSET', unit.key, unpack(written, 1, 2 * many))
  parts[#parts + 1] = concat(before, '', 1, many)
  unit.done = done + many
end

-- Add a unit's deltas to all entities of one kind, a few at a time while they are in the cache.
local function add_deltas(unit, kind, ids, references, parts, counted)
  local count = #ids / ID
  unit.key = profile_key(unit.shard, kind, unit.newest)
  unit.former = existing(profile_key(unit.shard, kind, unit.newest - 1))
  for first = 1, count, CHUNK do
    local many = min(CHUNK, count - first + 1)
    local fields = { unpacked(rep('c8', many), ids, (first - 1) * ID + 1) }
    fields[many + 1] = nil -- the position after them
    local some = { unpacked('<' .. rep('IB', many), references, (first - 1) * REFERENCE + 1) }
    add_chunk(unit, fields, some, parts, counted)
  end
end
