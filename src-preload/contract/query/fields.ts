import type { Level } from '../shared.ts';

/** Fields that mean something to Yagura itself. Any other name is a key of the line (JSON, logfmt, `name=value`). */
export const QUERY_FIELDS = [
  'level',
  'source',
  'class',
  'time',
  'address',
  'user',
  'program',
  'method',
  'path',
  'status',
  'format',
  'pattern',
  'trace',
] as const;
export type QueryField = (typeof QUERY_FIELDS)[number];

/** Other names people try first. */
const ALIASES: ReadonlyMap<string, QueryField> = new Map([
  ['severity', 'level'],
  ['ip', 'address'],
]);

/** The field of that name, if it is one of Yagura's own. */
export function queryFieldOf(name: string): QueryField | undefined {
  return QUERY_FIELDS.find((field) => field === name) ?? ALIASES.get(name);
}

/** Names of levels, each with the levels it stands for (RFC 5424: 0 is the worst). */
const LEVELS: ReadonlyMap<string, readonly [least: Level, most: Level]> = new Map([
  ['critical', [0, 2]],
  ['crit', [0, 2]],
  ['fatal', [0, 2]],
  ['emergency', [0, 0]],
  ['emerg', [0, 0]],
  ['alert', [1, 1]],
  ['error', [3, 3]],
  ['err', [3, 3]],
  ['warning', [4, 4]],
  ['warn', [4, 4]],
  ['info', [5, 7]],
  ['notice', [5, 5]],
  ['debug', [7, 7]],
]);

/** The levels a name stands for: `critical` and `info` are the severities people see, each several levels. */
export function levelsOfName(name: string): readonly [least: Level, most: Level] | undefined {
  return LEVELS.get(name.toLowerCase());
}

/** Level names worth offering, worst first. */
export const LEVEL_NAMES = ['critical', 'error', 'warning', 'info', 'notice', 'debug'] as const;
