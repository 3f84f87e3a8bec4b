import type { ParsedLogFilter } from '../../../../src-preload/contract/log-filter.ts';
import { SEVERITIES, severityOfLevel } from '../../../../src-preload/contract/severities.ts';
import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import { ALL_FRAMES, withinFrames } from '../block/frame-layout.ts';
import { filterQuestion, type FilterQuestion } from '../block/gram-filter.ts';
import { spelledPart } from './query/address-part.ts';
import { compileQuery, type CompiledQuery, type QueryOptions } from './query/compile.ts';
import { patternPart } from './query/column-parts.ts';
import { allOf, marked, noneOf, selectWithin, type QueryPart } from './query/part.ts';
import type { LineUnit, LoadedUnit } from './unit.ts';

/** A filter made ready to be asked many times. */
export class LineFilter {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly #query: CompiledQuery | undefined;
  /** By index into SEVERITIES; undefined = all. */
  readonly #severities: boolean[] | undefined;
  readonly #sources: Set<string> | undefined;
  readonly #address: QueryPart | undefined;
  readonly #patterns: QueryPart | undefined;
  readonly #sourceQuestions: FilterQuestion[] | undefined;

  /** @throws FailureError BAD_INPUT for a query or an expression that is none */
  constructor(filter: ParsedLogFilter, options: QueryOptions) {
    this.from = filter.range?.from ?? -Infinity;
    this.to = filter.range?.to ?? Infinity;
    this.#query = compileQuery(filter.text, filter.regex, options);
    const { severities, sourceIds, address } = filter;
    this.#severities = severities && SEVERITIES.map((severity) => severities.includes(severity));
    this.#sources = sourceIds && new Set(sourceIds);
    this.#address = address === undefined ? undefined : spelledPart(address);
    this.#patterns = patternsPart(filter, options);
    this.#sourceQuestions = sourceIds?.map((source) => filterQuestion([], [`source:${source}`]));
  }

  get hasText(): boolean {
    return this.#query !== undefined;
  }

  /** The span outside of which no line matches: the range, and what the query itself says of time. */
  get span(): TimeRange {
    const { from, to } = this.#query?.span ?? this;
    return { from: Math.max(this.from, from), to: Math.min(this.to, to) };
  }

  /** False when the unit's summary already rules it out, as far as its own lines go. */
  overlaps(
    unit: Pick<LineUnit, 'firstTime' | 'lastTime' | 'severities' | 'lines'>,
    span: { from: number; to: number } = this,
  ): boolean {
    if (unit.lines === 0 || unit.lastTime < span.from || unit.firstTime >= span.to) return false;
    const wanted = this.#severities;
    return wanted === undefined || unit.severities.some((count, index) => count > 0 && wanted[index]);
  }

  /** Lines by severity that pass without the text, where the summary alone can tell. */
  countFromSummary(unit: LineUnit): [number, number, number, number] | undefined {
    if (this.#sources !== undefined || this.#address !== undefined || this.#patterns !== undefined)
      return undefined;
    if (unit.firstTime < this.from || unit.lastTime >= this.to) return undefined;
    const [critical, error, warning, info] = unit.severities;
    const wanted = this.#severities ?? [true, true, true, true];
    return [
      wanted[0] === true ? critical : 0,
      wanted[1] === true ? error : 0,
      wanted[2] === true ? warning : 0,
      wanted[3] === true ? info : 0,
    ];
  }

  /** False when no line of the unit can match; asks the unit's filter, which is cheap beside its text. */
  mayMatch(unit: LineUnit): boolean {
    return this.#framesMatching(unit) !== 0;
  }

  /** The same without the text. */
  mayPass(unit: LineUnit): boolean {
    return this.#framesPassing(unit) !== 0;
  }

  #framesMatching(unit: LineUnit): number {
    const passing = this.#framesPassing(unit);
    return passing === 0 ? 0 : passing & (this.#query?.part.frames(unit) ?? ALL_FRAMES);
  }

  #framesPassing(unit: LineUnit): number {
    let frames = this.#patterns?.frames(unit) ?? ALL_FRAMES;
    if (frames !== 0 && this.#address !== undefined) frames &= this.#address.frames(unit);
    if (frames === 0 || this.#sourceQuestions === undefined) return frames;
    return frames & this.#sourceQuestions.reduce((any, source) => any | unit.frames(source), 0);
  }

  /** Which lines of the unit pass without the text; undefined when none does. */
  pass(unit: LoadedUnit): Uint8Array | undefined {
    const passed = withinFrames(new Uint8Array(unit.lines).fill(1), this.#framesPassing(unit));
    this.#applyTimes(unit, passed);
    this.#applySeverities(unit, passed);
    this.#applySources(unit, passed);
    let left = marked(passed);
    for (const part of [this.#address, this.#patterns])
      if (left !== undefined && part !== undefined) left = part.select(unit, left);
    return left;
  }

  /** Which lines of the unit match; undefined when none does. The text is unpacked only if needed. */
  match(unit: LoadedUnit, passed = this.pass(unit)): Uint8Array | undefined {
    if (passed === undefined || this.#query === undefined) return passed;
    return selectWithin(this.#query.part, unit, passed);
  }

  #applyTimes(unit: LoadedUnit, passed: Uint8Array): void {
    if (unit.firstTime >= this.from && unit.lastTime < this.to) return;
    const times = unit.columns().times();
    for (let line = 0; line < passed.length; line += 1) {
      const time = times[line] ?? 0;
      if (time < this.from || time >= this.to) passed[line] = 0;
    }
  }

  #applySeverities(unit: LoadedUnit, passed: Uint8Array): void {
    const wanted = this.#severities;
    if (wanted === undefined) return;
    const wantedLevels = Array.from({ length: 8 }, (_, level) => wanted[severityIndex(level)] === true);
    const levels = unit.columns().levels();
    for (let line = 0; line < passed.length; line += 1) {
      if (wantedLevels[levels[line] ?? 0] !== true) passed[line] = 0;
    }
  }

  #applySources(unit: LoadedUnit, passed: Uint8Array): void {
    const wanted = this.#sources;
    if (wanted === undefined) return;
    const { table, index } = unit.columns().sources();
    const wantedEntries = table.map((source) => wanted.has(source));
    for (let line = 0; line < passed.length; line += 1) {
      if (wantedEntries[index[line] ?? 0] !== true) passed[line] = 0;
    }
  }
}

/** What the filter says of patterns beside its text. */
function patternsPart(
  { pattern, withoutPatterns }: ParsedLogFilter,
  { patternFamily }: QueryOptions,
): QueryPart | undefined {
  const of = (id: string): QueryPart => patternPart({ kind: 'is', text: id }, patternFamily);
  const parts = [
    ...(pattern === undefined ? [] : [of(pattern)]),
    ...(withoutPatterns ?? []).map((id) => noneOf(of(id))),
  ];
  return parts.length === 0 ? undefined : allOf(parts);
}

/** Position in SEVERITIES of an RFC 5424 level. */
export function severityIndex(level: number): number {
  return SEVERITIES.indexOf(severityOfLevel(level & 7));
}
