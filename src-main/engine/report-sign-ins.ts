import { join } from 'node:path';
import type { LogLine } from '../../src-preload/contract/logs.ts';
import type { TimeRange } from '../../src-preload/contract/shared.ts';
import { createLineDetector } from './detect/intrusion/line-detector.ts';
import { compileRules } from './detect/intrusion/compile-rules.ts';
import type { RuleSet } from './detect/intrusion/rule-set.ts';
import { readRuleTexts } from './detect/intrusion/rules.ts';
import type { Clock } from './flow/clock.ts';
import { splitLines } from './flow/line-batch.ts';
import { FIELD, type ParsedBatch } from './flow/parsed-batch.ts';
import { fillTimes } from './parse/fill-times.ts';
import { createLineParser } from './parse/line-parser.ts';
import type { LogReader } from './store/types.ts';

/** Lines looked at for one literal, and for one literal and address where there are more. */
const MAX_LINES = 1000;
/** Addresses looked for one by one where a log has more sign-ins than that. */
const MAX_SINGLE_ADDRESSES = 20;
const NEVER = { cancelled: false };

/** Whoever was found guessing, and since when. */
export interface Guesser {
  address: string;
  since: number;
}

/** What stored lines say of people, by the detectors' own rules about sign-ins. */
export class SignInLines {
  readonly #clock: Clock;
  readonly #directories: { resources: string; dataDirectory: string };
  #rules: RuleSet | undefined;

  constructor(clock: Clock, directories: { resources: string; dataDirectory: string }) {
    this.#clock = clock;
    this.#directories = directories;
  }

  /** Users that lines name, where a format has a place for them or a rule knows one. */
  usersIn(lines: string[]): Set<string> {
    const names = new Set<string>();
    if (lines.length === 0) return names;
    const { batch, matches } = this.#detect(lines);
    for (let line = 0; line < batch.count; line += 1) names.add(batch.field(line, FIELD.user) ?? '');
    for (const { user } of matches) names.add(user);
    names.delete('');
    return names;
  }

  /** Sign-ins that succeeded from addresses after they had begun to guess, by address. */
  succeeded(guessers: Guesser[], range: TimeRange, logs: LogReader): Record<string, number> {
    const since = new Map(guessers.map((guesser) => [guesser.address, guesser.since]));
    const counts: Record<string, number> = {};
    if (since.size === 0) return counts;
    const lines = [...this.#candidates([...since.keys()], range, logs).values()];
    if (lines.length === 0) return counts;
    const seen = new Set<number>();
    for (const { line, event, address } of this.#detect(lines.map(({ text }) => text)).matches) {
      const time = lines[line]?.time ?? 0;
      const begun = since.get(address);
      if (event !== 'auth_success' || begun === undefined || time < begun || seen.has(line)) continue;
      seen.add(line);
      counts[address] = (counts[address] ?? 0) + 1;
    }
    return counts;
  }

  /** Lines that hold what a rule about successful sign-ins needs; by id. */
  #candidates(addresses: string[], range: TimeRange, logs: LogReader): Map<string, LogLine> {
    const found = new Map<string, LogLine>();
    const search = (text: string): boolean => {
      const filter = { text, regex: false, range };
      const page = logs.search(filter, 'older', undefined, MAX_LINES, NEVER);
      for (const line of page.lines) found.set(line.id, line);
      return page.cursor === undefined;
    };
    for (const literal of this.#literals()) {
      if (search(`"${literal}"`)) continue;
      for (const address of addresses.slice(0, MAX_SINGLE_ADDRESSES)) search(`"${literal}" "${address}"`);
    }
    return found;
  }

  #literals(): Set<string> {
    const successes = this.#loaded().auth.filter(({ rule }) => rule.event === 'auth_success');
    return new Set(
      successes.flatMap(({ rule }) => rule.contains).filter((literal) => !literal.includes('"')),
    );
  }

  #detect(lines: string[]) {
    const text = lines.map((line) => line.replaceAll('\n', ' ')).join('\n');
    const batch: ParsedBatch = createLineParser({ clock: this.#clock }).parse(
      splitLines('', 0, 0, Buffer.from(text)),
    );
    fillTimes(batch, Number.NaN, this.#clock.now());
    const { matches } = createLineDetector(this.#loaded(), { trustedProxies: [] }).detect(batch);
    return { batch, matches };
  }

  /** Rules about sign-ins, and a user's own: the others would take longer to load than all else here. */
  #loaded(): RuleSet {
    const { resources, dataDirectory } = this.#directories;
    this.#rules ??= compileRules([
      ...readRuleTexts(join(resources, 'rules', 'auth'), 'built-in').texts,
      ...readRuleTexts(join(dataDirectory, 'rules'), 'user').texts,
    ]).rules;
    return this.#rules;
  }
}
