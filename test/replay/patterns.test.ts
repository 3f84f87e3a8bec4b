import { describe, expect, it } from 'vitest';
import { pick, seededRandom } from '../bench/random.ts';
import { mineText } from '../engine/parse/patterns/mine.ts';

/*
 * Logs of four programs of a trading desk, made of known statements: each line must be grouped with all lines of its
 * statement and with no other. Measured as the field does: grouping accuracy counts lines whose group is exactly right,
 * FGA is the F1 of groups.
 */

const LINES = 2000;
const random = seededRandom(71);
const WORDS = 'amber birch cedar delta ember fjord grove haven inlet junco knoll larch maple north ocean pearl'.split(
  ' ',
);
const NAMES = 'aoki baba chiba doi endo fujii goto hara ito kato mori nagai'.split(' ');
const number = (below: number): number => Math.floor(random() * below);
const hexadecimal = (length: number): string =>
  Array.from({ length }, () => number(16).toString(16)).join('');

/** What stands for `{name}` in a statement. */
const SLOTS: Record<string, () => string> = {
  number: () => String(number(100_000)),
  address: () => [10, number(255), number(255), number(255)].join('.'),
  host: () => pick(random, [`${pick(random, WORDS)}.desk.example`, `node${number(40)}.desk.example`]),
  user: () => pick(random, NAMES),
  word: () => pick(random, WORDS),
  hash: () => hexadecimal(32),
  path: () => `/srv/${pick(random, WORDS)}/${pick(random, WORDS)}.dat`,
  time: () => `${(number(9000) / 10).toFixed(1)} ms`,
  size: () => pick(random, [`${number(900)} KB`, `${number(90)}.5 MB`]),
  yes: () => pick(random, ['true', 'false']),
  state: () => pick(random, ['OPEN', 'HALTED', 'AUCTION', 'CLOSED']),
  peers: () => Array.from({ length: 1 + number(3) }, () => `10.1.1.${number(255)}:9000`).join(', '),
};

const clock = (line: number): string => {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(line / 3600) % 24)}:${two(Math.floor(line / 60) % 60)}:${two(line % 60)}`;
};

interface Program {
  header: (line: number, statement: number) => string;
  statements: string[];
}

const PROGRAMS: Record<string, Program> = {
  'order gateway, bracketed threads': {
    header: (line, statement) =>
      `2026-11-21 ${clock(line)},${100 + number(900)} ${statement % 3 === 0 ? 'WARN ' : 'INFO '} [${pick(random, ['main', `session worker ${number(20)} of 20`])}] desk.orders.Gateway${statement % 4}: `,
    statements: [
      'Session {word} logged on from {address}:{number}',
      'Session {word} logged out, {number} messages sent',
      'Order {number} accepted in {time}',
      'Order {number} rejected: price outside of limits',
      'Order {number} rejected: unknown symbol',
      'Market {word} went from {state} to {state}',
      'Heartbeat missing since {time}, peer {host}',
      'Replaying {number} messages for {word}',
      'Throttle engaged for account {user}, {number} orders a second',
      'Recovered state from {path} ({size}) in {time}',
      'Peers of the book: {peers}',
      'Kill switch armed={yes}',
    ],
  },
  'feed handler, fields between bars': {
    header: (line, statement) => `20261121-${clock(line)}:${number(999)}|Feed${statement % 3}|${3000 + number(9)}|`,
    statements: [
      'gap detected from={number} to={number}',
      'gap closed after {time}',
      'snapshot requested for {word}',
      'snapshot of {word} complete, {number} levels',
      'multicast group {address} joined',
      'multicast group {address} left',
      'line {word} silent for {time}',
      'conflation on={yes} depth={number}',
    ],
  },
  'host, as syslog': {
    header: (line, statement) =>
      `Nov 21 ${clock(line)} desk${1 + number(3)} ${['keeper', 'mounter', 'warden'][statement % 3] ?? ''}[${1000 + number(9000)}]: `,
    statements: [
      'session opened for {user} by (uid={number})',
      'session closed for {user}',
      'could not reach {host} port {number}: timed out',
      'could not reach {host} port {number}: refused',
      'volume {path} is {number}% full',
      'volume {path} mounted read-only',
      'certificate of {host} expires in {number} days',
      'key {hash} added for {user}',
      'keeper startup succeeded',
      'mounter startup succeeded',
    ],
  },
  'risk engine, seconds since 1970': {
    header: (line) => `${1_700_000_000 + line * 3} risk${number(8)} limit.check ${number(2)} `,
    statements: [
      'limit of {user} raised to {number}',
      'limit of {user} lowered to {number}',
      'exposure in {word} above {number}, hedging',
      'margin call to {user} over {number}',
      'position file {path} read, {number} rows, checksum {hash}',
      'position file {path} is older than {number} minutes',
      'recalculated in {time} (<{number} ms allowed)',
      'nothing to do',
    ],
  },
};

function logOf({ header, statements }: Program): { text: string; truth: number[] } {
  const truth: number[] = [];
  const lines = Array.from({ length: LINES }, (_, line) => {
    // A few statements make most of a log.
    const statement = line < statements.length ? line : Math.floor(random() ** 2 * statements.length);
    truth.push(statement);
    const says = (statements[statement] ?? '').replaceAll(/\{(\w+)\}/g, (_slot, name: string) => SLOTS[name]?.() ?? '');
    return header(line, statement) + says;
  });
  return { text: lines.join('\n'), truth };
}

function groups(ids: readonly (string | number)[]): Map<string | number, string> {
  const found = new Map<string | number, number[]>();
  ids.forEach((id, line) => {
    const lines = found.get(id);
    if (lines === undefined) found.set(id, [line]);
    else lines.push(line);
  });
  return new Map([...found].map(([id, lines]) => [id, lines.join(' ')]));
}

describe('patterns of logs whose statements are known', () => {
  it.each(Object.keys(PROGRAMS))('%s', async (name) => {
    const program = PROGRAMS[name];
    if (program === undefined) throw new RangeError(name);
    const { text, truth } = logOf(program);
    const mined = await mineText(text);
    const predicted = truth.map((_, line) => mined.templateOf(line).id);
    const right = new Set(groups(truth).values());
    const given = [...groups(predicted).values()];
    const exact = given.filter((lines) => right.has(lines));
    const accuracy = exact.reduce((sum, lines) => sum + lines.split(' ').length, 0) / LINES;
    const f1 = (2 * exact.length) / (given.length + right.size);
    const listed = mined.templates.map((template) => `${template.lines} ${template.text}`).join('\n');
    expect(accuracy, listed).toBeGreaterThanOrEqual(0.95);
    expect(f1, listed).toBeGreaterThanOrEqual(0.9);
  });
});
