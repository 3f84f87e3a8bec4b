import { LOG_CLASSES } from '../../../../../src-preload/contract/log-classes.ts';
import { inNetwork, networkOf } from '../../../../../src-preload/contract/query/addresses.ts';
import { levelsOfName } from '../../../../../src-preload/contract/query/fields.ts';
import type { ValueTest } from '../../../../../src-preload/contract/query/syntax.ts';
import { severityOfLevel, SEVERITIES } from '../../../../../src-preload/contract/severities.ts';
import type { TimeRange } from '../../../../../src-preload/contract/shared.ts';
import { timeSpanOf } from '../../../../../src-preload/contract/query/times.ts';
import type { IndexedColumn } from '../../block/decode-block.ts';
import type { LoadedUnit } from '../unit.ts';
import { ALL_FRAMES } from '../../block/frame-layout.ts';
import { eachLine, framesIf, type QueryPart } from './part.ts';
import { ipv4Part } from './address-part.ts';
import { valueTest } from './value-test.ts';

/** Levels as a query names them: a name, a number, or a range in which more is worse (`>=warning`). */
export function levelPart(test: ValueTest): QueryPart {
  const wanted = Array.from({ length: 8 }, (_, level) => levelTest(test)(level));
  const severities = SEVERITIES.map((severity) =>
    wanted.some((is, level) => is && severityOfLevel(level) === severity),
  );
  return {
    cost: 0.05,
    frames: (unit) =>
      framesIf(unit.severities.some((lines, index) => lines > 0 && severities[index] === true)),
    select(unit, candidates) {
      const levels = unit.columns().levels();
      return eachLine(candidates, (line) => wanted[(levels[line] ?? 0) & 7] === true);
    },
  };
}

function levelTest(test: ValueTest): (level: number) => boolean {
  if (test.kind === 'is') {
    const [least, most] = levelsOfName(test.text) ?? [8, 8];
    return (level) => level >= least && level <= most;
  }
  if (test.kind !== 'range') {
    const named = valueTest(test);
    return (level) => named(severityOfLevel(level));
  }
  const { least, most } = test;
  // Seven is the mildest: "at least warning" is 4 and below.
  const [leastWorst, leastMildest] = levelsOfName(least?.text ?? '') ?? [7, 7];
  const [mostWorst, mostMildest] = levelsOfName(most?.text ?? '') ?? [0, 0];
  return (level) =>
    (least === undefined || (least.included ? level <= leastMildest : level < leastWorst)) &&
    (most === undefined || (most.included ? level >= mostWorst : level > mostMildest));
}

/** The class is the partition's, so that it costs nothing. */
export function classPart(test: ValueTest): QueryPart {
  const wanted = LOG_CLASSES.filter(valueTest(test));
  const isWanted = (unit: Pick<LoadedUnit, 'partition'>) => wanted.includes(unit.partition.logClass);
  return {
    cost: 0,
    frames: (unit) => framesIf(isWanted(unit)),
    select: (unit, candidates) => (isWanted(unit) ? candidates : undefined),
  };
}

/** A source by its id, its file's name, that name without its endings, or its folder (`source:nginx`). */
export function sourcePart(test: ValueTest): QueryPart {
  const matches = valueTest(test);
  return tablePart(
    (unit) => unit.columns().sources(),
    (source) => sourceNames(source).some(matches),
    () => ALL_FRAMES,
  );
}

/** All that a source goes by. */
export function sourceNames(source: string): string[] {
  const [file = source, folder] = source.split(/[\\/]/).reverse();
  const bare = file.replace(/(\.(log|txt|json|jsonl|gz|zst|\d+))+$/i, '') || file;
  const names = [source, file, bare];
  return folder === undefined || folder === '' ? names : [...names, folder, `${folder}/${bare}`];
}

/** One address, or a network in CIDR notation. */
export function addressPart(test: ValueTest): QueryPart {
  const network = test.kind === 'is' ? networkOf(test.text) : undefined;
  // IPv6 may be written in many ways; IPv4 in two, and those are asked of the filter.
  if (network?.bytes.length === 4 && network.bits === 32) return ipv4Part(network.bytes.join('.'));
  const matches = network === undefined ? valueTest(test) : (text: string) => inNetwork(network, text);
  const written = valueTest(test);
  return tablePart(
    (unit) => unit.columns().addresses(),
    (address) => address !== '' && (written(address) || matches(address)),
    () => ALL_FRAMES,
  );
}

/** A pattern by its id, with those that became it. Blocks that have none of it are not opened. */
export function patternPart(
  test: ValueTest,
  family: ((id: string) => ReadonlySet<string>) | undefined,
): QueryPart {
  const matches = valueTest(test);
  const members = test.kind === 'is' ? family?.(test.text.toLowerCase()) : undefined;
  const isWanted = (id: string): boolean => id !== '' && (members?.has(id) === true || matches(id));
  return tablePart(
    (unit) => unit.columns().patterns(),
    isWanted,
    (unit) => {
      const patterns = unit.patterns();
      return framesIf(patterns === undefined || [...patterns.keys()].some(isWanted));
    },
  );
}

/** Lines whose value in a column of repeating values passes; each value is asked once. */
export function tablePart(
  column: (unit: LoadedUnit) => IndexedColumn | undefined,
  test: (value: string) => boolean,
  frames: QueryPart['frames'],
): QueryPart {
  return {
    cost: 0.1,
    frames,
    select(unit, candidates) {
      const values = column(unit);
      if (values === undefined) return undefined;
      const wanted = values.table.map(test);
      if (!wanted.includes(true)) return undefined;
      return eachLine(candidates, (line) => wanted[values.index[line] ?? 0] === true);
    },
  };
}

/** Lines of a span of time, half-open. */
export function timePart({ from, to }: TimeRange): QueryPart {
  return {
    cost: 0.02,
    frames: (unit) => framesIf(unit.lastTime >= from && unit.firstTime < to),
    select(unit, candidates) {
      if (unit.firstTime >= from && unit.lastTime < to) return candidates;
      const times = unit.columns().times();
      return eachLine(candidates, (line) => {
        const time = times[line] ?? 0;
        return time >= from && time < to;
      });
    },
  };
}

/** The span a query means; a bound that is a day or an hour is meant to its end. */
export function timeRangeOf(test: ValueTest, now: number): TimeRange {
  const always = { from: -Infinity, to: Infinity };
  if (test.kind === 'is') return timeSpanOf(test.text, now) ?? always;
  if (test.kind !== 'range') return always;
  const least = test.least && timeSpanOf(test.least.text, now);
  const most = test.most && timeSpanOf(test.most.text, now);
  return {
    from: (test.least?.included === false ? least?.to : least?.from) ?? -Infinity,
    to: (test.most?.included === false ? most?.from : most?.to) ?? Infinity,
  };
}
