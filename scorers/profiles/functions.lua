
-- An order: price, seller, currency and length of its title; its title; the item that asked first.
local ORDER, TITLE_SIZE = 20, 20
local OUTCOME = 13
local NO_ORDER = ('\0'):rep(ORDER)

local function order_key(shard, generation)
  return shard .. ':o:' .. exact(generation)
end

local function find_orders(shard, newest, fields)
  local former = existing(order_key(shard, newest - 1))
  return (fetched_of_two(order_key(shard, newest), former, fields))
end

-- Answer with the orders asked for; one that is not there yet keeps the first item that asked.
local function join_orders(shard, newest, ids, items, parts)
  local fields, marks, marked, answers = cut(ids, ID), {}, {}, {}
  local found, size = find_orders(shard, newest, fields), #items / #fields
  for i = 1, #fields do
    local order = found[i]
    if not order and not marked[fields[i]] then
      marked[fields[i]] = true
      marks[#marks + 1] = fields[i]
      marks[#marks + 1] = NO_ORDER .. sub(items, (i - 1) * size + 1, i * size):gsub('%z+$', '')
    end
    local mark = order and #order > ORDER and byte(order, TITLE_SIZE) == 0
    answers[i] = (not order or mark) and NO_ORDER or order
  end
  for first = 1, #answers, CHUNK do
    parts[#parts + 1] = concat(answers, '', first, min(first + CHUNK - 1, #answers))
  end
  spread('HSET', order_key(shard, newest), marks)
end

-- Profiles and orders: the generations are those of the unit's newest event. The answer: next
-- position, generation (below 0: with its counts at the end of each record that has some, whose
-- places come first), records, orders.
local function visit(keys, args)
  local unit = read_unit(keys, args)
  local other = answered(unit)
  if other then return other end
  local shard, prefixes, parts, counted = unit.shard, {}, {}, {}
  local generation, order_generation, f1, f2, f3 = unpacked('<ddddd', args[4])
  for kind = 1, KINDS do prefixes[kind] = shard .. ':p:' .. kind .. ':' end
  unit.fade = { f1, f2, f3 }
  unit.newest = entered(shard, 'generation', generation, prefixes)
  unit.lag = unit.newest - generation
  unit.parcels, unit.shared, unit.near, unit.done = args[7], args[8], near_counts(args[9]), 0
  unit.written, unit.before = {}, {} -- for all chunks: tables that grow cost as much as what is in them
  parts[1], parts[2] = pack('<dd', unit.next, -1 - unit.newest), ''
  for kind = 1, KINDS do
    add_deltas(unit, kind, args[2 * kind + 8], args[2 * kind + 9], parts, counted)
  end
  parts[2] = pack('<I', #counted) .. packed(counted)
  local newest = entered(shard, 'order_generation', order_generation, { shard .. ':o:' })
  join_orders(shard, newest, args[5], args[6], parts)
  return applied(unit, parts)
end

-- Store orders; answer with the items that had asked for them: place, length, item.
local function put_orders(keys, args)
  local unit = read_unit(keys, args)
  local other = answered(unit)
  if other then return other end
  local fields, titles, marks, written, at = cut(args[5], ID), args[7], {}, {}, 1
  local newest = entered(unit.shard, 'order_generation', (unpacked('<d', args[4])), { unit.shard .. ':o:' })
  local found = find_orders(unit.shard, newest, fields)
  for i = 1, #fields do
    local order = sub(args[6], (i - 1) * ORDER + 1, i * ORDER)
    local size = byte(order, TITLE_SIZE)
    local former = found[i]
    if former and sub(former, 1, ORDER) == NO_ORDER then
      local item = sub(former, ORDER + 1)
      marks[#marks + 1] = pack('<IB', i - 1, #item) .. item
    end
    written[2 * i - 1], written[2 * i] = fields[i], order .. sub(titles, at, at + size - 1)
    at = at + size
  end
  spread('HSET', order_key(unit.shard, newest), written)
  return applied(unit, { pack('<dd', unit.next, 0) .. concat(marks) })
end

-- What an outcome adds to inspections and violations: compliant, a violation, and those two as
-- another result of an inspection that was counted before.
local CHANGES = { [0] = { 1, 0 }, { 1, 1 }, { 0, -1 }, { 0, 1 } }

local function count_outcome(shard, kind, newest, id, change)
  for generation = newest, newest - 1, -1 do
    local key = profile_key(shard, kind, generation)
    local old = call('HGET', key, id)
    if old then
      local near, inspected, violations = 0, 0, 0
      if #old > SIZE then near, inspected, violations = unpacked(COUNTS, old, SIZE + 1) end
      inspected, violations = inspected + change[1], violations + change[2]
      -- Of an entity that was forgotten meanwhile there is nothing to correct.
      if violations >= 0 and violations <= inspected then
        call('HSET', key, id, sub(old, 1, SIZE) .. pack(COUNTS, near, inspected, violations))
      end
      return
    end
  end
end

-- Count outcomes from the expected position on; those before it have been counted.
local function inspected(keys, args)
  local unit = read_unit(keys, args)
  local guard, refused = expected(unit)
  if refused then return refused end
  local newest = tonumber(call('HGET', unit.shard .. ':meta', 'generation') or 0)
  for kind = 1, KINDS do
    local rows = args[3 + kind]
    for at = 1, #rows, OUTCOME do
      local id, place, change = unpacked('<c8IB', rows, at)
      if unit.start + place >= guard then
        count_outcome(unit.shard, kind, newest, id, CHANGES[change])
      end
    end
  end
  unit.next = math.max(unit.next, guard)
  return applied(unit, {})
end

-- Note a shard's configuration when it has none; return the one it has.
local function configure(keys, args)
  call('HSETNX', keys[1] .. ':meta', 'configuration', args[1])
  return call('HGET', keys[1] .. ':meta', 'configuration')
end

register('configure', configure)
register('claim', claim)
register('visit', visit)
register('put_orders', put_orders)
register('inspected', inspected)
