import type { RuleFileProblem } from '../../src-preload/contract/threats.ts';
import type { Finding } from '../../src-preload/contract/threats.ts';
import { createBehaviour } from './detect/intrusion/behaviour.ts';
import { createLineDetector, type LineMatch } from './detect/intrusion/line-detector.ts';
import { loadRules } from './detect/intrusion/rules.ts';
import { systemClock, type Clock } from './flow/clock.ts';
import { FORMATS } from './flow/parsed-batch.ts';
import { LineDecoder } from './parse/decode-lines.ts';
import { createLineParser } from './parse/line-parser.ts';
import { fillTimes } from './parse/fill-times.ts';
import type { RulePlaces } from './rule-library.ts';
import { readLines } from './sources/logs/whole-file.ts';

/*
 * Parses and detects without a store: what `yagura scan` does with a file. Constant memory: one chunk, the bounded
 * buckets, and the findings that are still growing.
 */

export interface ScanOptions extends RulePlaces {
  /** A user's rule directory. */
  userRules?: string | undefined;
  /** IANA zone of stamps without one; this machine's where absent. */
  timeZone?: string | undefined;
  /** Year of stamps without one. */
  year?: number | undefined;
  allowlist?: readonly string[] | undefined;
  trustedProxies?: readonly string[] | undefined;
  clock?: Clock | undefined;
}

/** A line that means something. */
export interface ScanRow {
  kind: 'line';
  /** 1-based. */
  line: number;
  /** UTC milliseconds; undefined where neither the line nor one before it carries a stamp. */
  time: number | undefined;
  format: string;
  event: LineMatch['event'];
  /** Types of attack, without repetition; empty where the line is none. */
  categories: string[];
  address: string;
  user: string;
  /** Ids of the rules that matched. */
  rules: string[];
}

/** A finding of behaviour over time, in its final state. */
export interface ScanFinding {
  kind: 'finding';
  finding: Finding;
  /** 1-based line that completed it. */
  line: number;
}

export interface ScanTotals {
  lines: number;
  bytes: number;
  problems: RuleFileProblem[];
  /** A compressed file that could not be read to its end. */
  damage?: 'truncated' | 'damaged' | undefined;
}

/** Findings that are still growing; beyond it the oldest are given out as they stand. */
const MAX_OPEN = 10_000;

/**
 * Reads a file (compressed by gzip or zstd too) from the beginning and answers its meaningful lines as they are met, and each finding of
 * behaviour once, when it has come to its end.
 * @throws the file system's error when the file can't be read; RangeError when the time zone is unknown
 */
export async function* scanFile(
  path: string,
  options: ScanOptions,
  totals: ScanTotals = { lines: 0, bytes: 0, problems: [] },
): AsyncGenerator<ScanRow | ScanFinding> {
  const clock = options.clock ?? systemClock;
  const { rules, problems } = loadRules(options.resources, options.userRules, options.builtRules);
  totals.problems.push(...problems);
  /** No line is younger: it tells the years of stamps without one. */
  let lastWritten = clock.now();
  const parser = createLineParser({
    timeZone: options.timeZone,
    year: options.year,
    clock: { now: () => lastWritten },
  });
  const detector = createLineDetector(rules, { trustedProxies: options.trustedProxies ?? [] });
  const behaviour = createBehaviour(rules, { allowlist: options.allowlist ?? [] });
  const single = new Set(rules.lines.map(({ rule }) => rule.id));
  const open = new Map<string, { finding: Finding; line: number }>();
  let previous = Number.NaN;
  const decoder = new LineDecoder();
  const damaged = (damage: 'truncated' | 'damaged'): void => {
    totals.damage = damage;
  };
  for await (const chunk of readLines(path, damaged)) {
    lastWritten = Math.min(clock.now(), chunk.modified);
    const origin = { sourceId: path, stream: 0, offset: chunk.offset };
    const batch = decoder.split(origin, chunk.bytes, chunk.encoding);
    const parsed = parser.parse(batch);
    const stamped = !Number.isNaN(previous);
    previous = fillTimes(parsed, previous, 0);
    const detection = detector.detect(parsed);
    for (const row of rowsOf(detection.matches)) {
      const first = row[0];
      if (first === undefined) continue;
      const time = parsed.times[first.line] ?? 0;
      yield {
        kind: 'line',
        line: totals.lines + first.line + 1,
        time: time === 0 && !stamped ? undefined : time,
        format: FORMATS[parsed.formats[first.line] ?? 0] ?? 'text',
        ...merged(row),
      };
    }
    for (const finding of behaviour.process(detection.events, { readAt: clock.now() })) {
      if (single.has(finding.ruleId)) continue;
      const known = open.get(finding.id);
      const line =
        known?.line ??
        totals.lines + lineAt(batch.rawStarts ?? batch.starts, finding.offset - chunk.offset) + 1;
      open.set(finding.id, { finding, line });
      yield* ended(open);
    }
    totals.lines += batch.count;
    totals.bytes += chunk.bytes.length;
  }
  for (const finding of behaviour.finish({ readAt: clock.now() })) {
    if (single.has(finding.ruleId)) continue;
    const known = open.get(finding.id);
    open.set(finding.id, { finding, line: known?.line ?? totals.lines });
  }
  for (const { finding, line } of open.values()) yield { kind: 'finding', finding, line };
}

/** Gives out the oldest where too many are open. */
function* ended(open: Map<string, { finding: Finding; line: number }>): Generator<ScanFinding> {
  if (open.size <= MAX_OPEN) return;
  const [oldest] = open;
  if (oldest === undefined) return;
  open.delete(oldest[0]);
  yield { kind: 'finding', ...oldest[1] };
}

/** Matches of one line together. */
function* rowsOf(matches: readonly LineMatch[]): Generator<LineMatch[]> {
  let row: LineMatch[] = [];
  for (const match of matches) {
    if (row[0] !== undefined && row[0].line !== match.line) {
      yield row;
      row = [];
    }
    row.push(match);
  }
  if (row.length > 0) yield row;
}

/** The gravest meaning of a line first: an attack is an attack even where the server also refused a password. */
const ORDER: readonly LineMatch['event'][] = [
  'web_attack',
  'auth_failure',
  'access_denied',
  'auth_success',
  'probe',
];

function merged(
  row: readonly LineMatch[],
): Pick<ScanRow, 'event' | 'categories' | 'address' | 'user' | 'rules'> {
  const sorted = row.toSorted((a, b) => ORDER.indexOf(a.event) - ORDER.indexOf(b.event));
  const event = sorted[0]?.event ?? 'probe';
  const attacks = row.filter((match) => match.event === 'web_attack');
  return {
    event,
    categories: [...new Set(attacks.map((match) => match.type))],
    address: sorted[0]?.address ?? '',
    user: sorted.find((match) => match.user !== '')?.user ?? '',
    rules: [...new Set(sorted.map((match) => match.rule))],
  };
}

/** The line that begins at an offset of the chunk. */
function lineAt(starts: Int32Array, offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
