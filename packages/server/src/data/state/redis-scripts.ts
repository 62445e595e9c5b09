import { defineScript, type CommandParser } from "@redis/client";

/** Which database of Redis is meant by whom: what the hall keeps there besides the state begins with this. */
export const OWN_KEYS = "guildhall:";

/** The keys by the number of their last write, so that what was changed since a number can be read. */
export const CHANGED = `${OWN_KEYS}changed`;
/** How many writes there were: the number of the last one. */
export const WRITES = `${OWN_KEYS}writes`;
/** Every counter of a command: they share one time, and so are read together. */
const COMMANDS = `${OWN_KEYS}commands`;

// A document is JSON behind one space, so that a number kept as a document can be told from a counter. Every script
// looks at all that it will write before it writes anything: a script that fails half way is not undone.
const PRELUDE = `
local function base(key) if string.sub(key, 1, 2) == 'c_' then return 'c_' end return key end
local function number(key) redis.call('ZADD', '${CHANGED}', redis.call('INCR', '${WRITES}'), key) end
local function stamp(key, now)
  local before = redis.call('GET', key .. ':updated_time')
  if before and tonumber(before) >= tonumber(now) then now = string.format('%.6f', tonumber(before) + 0.000001) end
  redis.call('SET', key .. ':updated_time', now)
  number(key)
end
local function holds(key, kind)
  if kind == 'set' then
    local found = redis.call('TYPE', key).ok
    return found == 'none' or found == 'set'
  end
  local value = redis.pcall('GET', key)
  if not value then return true end
  -- What is no string is answered by an error.
  if type(value) ~= 'string' then return false end
  return (string.find(value, '^%-?%d+$') ~= nil) == (kind == 'counter')
end
local function other(key) return redis.error_reply('WRONGTYPE ' .. key .. ' holds another kind of thing') end
local function add(key, members, from)
  for first = from, #members, 1000 do
    redis.call('SADD', key, unpack(members, first, math.min(first + 999, #members)))
  end
end
local function note(key)
  if string.sub(key, 1, 2) == 'c_' then redis.call('SADD', '${COMMANDS}', key) end
end
local function count(key, amount)
  redis.call('INCRBY', key, amount)
  note(key)
end
local function put(key, value)
  redis.call('SET', key, value)
  note(key)
end
`;

const push = (parser: CommandParser, keys: readonly string[], values: readonly string[]) => {
  parser.pushKeysLength([...keys]);
  parser.push(...values);
};
const number = (reply: unknown): number => Number(reply);
const found = (reply: unknown): unknown => reply;

/** A write as the scripts take it; `now` is in seconds since 1970. */
export interface Stamped {
  readonly key: string;
  readonly now: string;
}

/** The hall's atomic steps, each run by Redis in one go. */
export const SCRIPTS = {
  setDocument: defineScript({
    SCRIPT: `${PRELUDE}
if not holds(KEYS[1], 'document') then return other(KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[1])
stamp(base(KEYS[1]), ARGV[2])
return 1`,
    parseCommand(parser: CommandParser, { key, now, value }: Stamped & { value: string }) {
      push(parser, [key], [value, now]);
    },
    transformReply: number,
  }),
  /** Nil when the document was as expected and is replaced; else what it is. Absence is the empty text. */
  replaceDocument: defineScript({
    SCRIPT: `${PRELUDE}
if not holds(KEYS[1], 'document') then return other(KEYS[1]) end
local before = redis.call('GET', KEYS[1]) or ''
if before ~= ARGV[1] then return before end
redis.call('SET', KEYS[1], ARGV[2])
stamp(base(KEYS[1]), ARGV[3])
return false`,
    parseCommand(
      parser: CommandParser,
      { key, now, expected, value }: Stamped & { expected: string; value: string },
    ) {
      push(parser, [key], [expected, value, now]);
    },
    transformReply: found,
  }),
  addMembers: defineScript({
    SCRIPT: `${PRELUDE}
if not holds(KEYS[1], 'set') then return other(KEYS[1]) end
add(KEYS[1], ARGV, 2)
stamp(base(KEYS[1]), ARGV[1])
return 1`,
    parseCommand(parser: CommandParser, { key, now, members }: Stamped & { members: readonly string[] }) {
      push(parser, [key], [now, ...members]);
    },
    transformReply: number,
  }),
  count: defineScript({
    SCRIPT: `${PRELUDE}
for i = 1, #KEYS do
  if not holds(KEYS[i], 'counter') then return other(KEYS[i]) end
end
local stamped = {}
for i = 1, #KEYS do
  count(KEYS[i], ARGV[1 + i])
  local key = base(KEYS[i])
  if not stamped[key] then stamp(key, ARGV[1]) end
  stamped[key] = true
end
return 1`,
    parseCommand(parser: CommandParser, given: { amounts: ReadonlyMap<string, number>; now: string }) {
      push(parser, [...given.amounts.keys()], [given.now, ...[...given.amounts.values()].map(String)]);
    },
    transformReply: number,
  }),
  /** Adds a parcel of counts once, however often it is brought. */
  receiveCounts: defineScript({
    SCRIPT: `${PRELUDE}
local counters = tonumber(ARGV[2])
if not holds(KEYS[2], 'set') then return other(KEYS[2]) end
for i = 3, 2 + counters do
  if not holds(KEYS[i], 'counter') then return other(KEYS[i]) end
end
if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', 604800) then return 0 end
for i = 1, counters do count(KEYS[2 + i], ARGV[2 + i]) end
add(KEYS[2], ARGV, 3 + counters)
if counters > 0 then stamp('c_', ARGV[1]) end
if #ARGV >= 3 + counters then stamp(KEYS[2], ARGV[1]) end
return 1`,
    parseCommand(parser: CommandParser, { id, counts, members, now }: CountParcel & { now: string }) {
      const keys = [`${OWN_KEYS}counts:${id}`, "user_set"];
      const amounts = Object.entries(counts);
      push(
        parser,
        [...keys, ...amounts.map(([key]) => key)],
        [now, String(amounts.length), ...amounts.map(([, amount]) => amount), ...members],
      );
    },
    transformReply: number,
  }),
  /** Writes entries of a copy, given as JSON, with their times; those that are not newer than what is here are left out. */
  putEntries: defineScript({
    SCRIPT: `${PRELUDE}
local newer = 0
for _, entry in ipairs(cjson.decode(ARGV[1])) do
  local before = redis.call('GET', entry.key .. ':updated_time')
  if not before or tonumber(before) < tonumber(entry.at) then
    for key, text in pairs(entry.documents) do redis.call('SET', key, text) end
    for key, text in pairs(entry.counters) do put(key, text) end
    for key, members in pairs(entry.sets) do
      if not holds(key, 'set') then redis.call('DEL', key) end
      add(key, members, 1)
    end
    redis.call('SET', entry.key .. ':updated_time', entry.at)
    number(entry.key)
    newer = newer + 1
  end
end
return newer`,
    parseCommand(parser: CommandParser, entries: string) {
      push(parser, [], [entries]);
    },
    transformReply: number,
  }),
  /** Raises counters to those of a copy, given as JSON, and adds its members; times stay. */
  mergeEntries: defineScript({
    SCRIPT: `${PRELUDE}
for _, entry in ipairs(cjson.decode(ARGV[1])) do
  for key, text in pairs(entry.counters) do
    if holds(key, 'counter') and tonumber(redis.call('GET', key) or '-inf') < tonumber(text) then put(key, text) end
  end
  for key, members in pairs(entry.sets) do
    if holds(key, 'set') then add(key, members, 1) end
  end
end
return 1`,
    parseCommand(parser: CommandParser, entries: string) {
      push(parser, [], [entries]);
    },
    transformReply: number,
  }),
  /** The times and contents of keys, each as it is at one instant. */
  readEntries: defineScript({
    SCRIPT: `
local entries = {}
for i, base in ipairs(KEYS) do
  local texts, sets = {}, {}
  local keys = { base }
  if base == 'c_' then keys = redis.call('SMEMBERS', '${COMMANDS}') end
  for _, key in ipairs(keys) do
    local kind = redis.call('TYPE', key).ok
    if kind == 'string' then table.insert(texts, { key, redis.call('GET', key) }) end
    if kind == 'set' then table.insert(sets, { key, redis.call('SMEMBERS', key) }) end
  end
  entries[i] = { base, redis.call('GET', base .. ':updated_time') or '0', texts, sets }
end
return entries`,
    parseCommand(parser: CommandParser, keys: readonly string[]) {
      push(parser, keys, []);
    },
    transformReply: found,
  }),
  /** Takes keys away, with their times. */
  removeEntries: defineScript({
    SCRIPT: `
for _, base in ipairs(KEYS) do
  if base == 'c_' then
    for _, key in ipairs(redis.call('SMEMBERS', '${COMMANDS}')) do redis.call('DEL', key) end
    redis.call('DEL', '${COMMANDS}')
  end
  redis.call('DEL', base, base .. ':updated_time')
  redis.call('ZREM', '${CHANGED}', base)
end
return #KEYS`,
    parseCommand(parser: CommandParser, keys: readonly string[]) {
      push(parser, keys, []);
    },
    transformReply: number,
  }),
} as const;

/** Counts that the store took with the actions, on their way into Redis. */
export interface CountParcel {
  readonly id: string;
  /** How much to add, by counter. */
  readonly counts: Readonly<Record<string, string>>;
  /** Whom to add to `user_set`. */
  readonly members: readonly string[];
}
