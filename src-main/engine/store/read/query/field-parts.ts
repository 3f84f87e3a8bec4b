import type { ValueTest } from '../../../../../src-preload/contract/query/syntax.ts';
import type { FieldReader, LineFields } from '../../../flow/field-reader.ts';
import type { LineBatch } from '../../../flow/line-batch.ts';
import { FIELD, FORMATS, type FieldCode, type ParsedBatch } from '../../../flow/parsed-batch.ts';
import type { TextFrame } from '../../block/block-text.ts';
import { ALL_FRAMES } from '../../block/frame-layout.ts';
import { lineText } from '../line-text.ts';
import type { LoadedUnit } from '../unit.ts';
import { tablePart } from './column-parts.ts';
import { allOf, anyOf, countMarks, eachLine, marked, type QueryPart } from './part.ts';
import { filterTest, textPart } from './text-parts.ts';
import { numberTest, valueTest } from './value-test.ts';
import { writtenNumberPart } from './written-numbers.ts';

/** Names of fields that the line parser itself knows, with its own names for them. */
const KNOWN: ReadonlyMap<string, FieldCode> = new Map<string, FieldCode>([
  ...Object.entries(FIELD),
  ['path', FIELD.target],
]);

/**
 * Names that formats give to what stands in a line without one. All others stand in the line themselves, with `=`, `:` or
 * the quote of a JSON key behind them.
 */
const GIVEN =
  /^(?:(?:process|host|url|http|source|destination|log|postgresql|event|network|observer|rule)\..*|extra\d+|stream|partial|connection|(?:request|upstream_response)_time(?:_ms)?|duration_ms)$/;

/** What is written alike in every format: neither JSON nor logfmt has an escape for these. */
const AS_WRITTEN = /[\w.@:+=-]+/g;

/**
 * A field that is in no column. Lines that can't have it are left out by their text; the others are parsed again.
 * @throws FailureError BAD_INPUT for an expression that is none
 */
export function fieldPart(name: string, test: ValueTest, fields: FieldReader): QueryPart {
  if (name === 'format') return formatPart(test, fields);
  const certain = certainTexts(test).map(textPart);
  if (name === 'trace') return allOf([...certain, identifierPart(test, fields)]);
  if (name === 'status') return allOf([...certain, statusPart(test, fields)]);
  const code = KNOWN.get(name);
  if (code !== undefined) return allOf([...certain, knownPart(name, code, test, fields)]);
  return allOf([...certain, describedPart(name, valueTest(test), fields, test)]);
}

/** Texts that a line with this value must contain. */
function certainTexts(test: ValueTest): string[] {
  if (test.kind === 'is') return /^[1-9]xx$/i.test(test.text) ? [] : (test.text.match(AS_WRITTEN) ?? []);
  if (test.kind !== 'like') return [];
  return test.parts.flatMap((part) => part.match(AS_WRITTEN) ?? []);
}

/** Nested keys are written one by one. */
function lastName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1) || name;
}

function formatPart(test: ValueTest, fields: FieldReader): QueryPart {
  const wanted = FORMATS.map(valueTest(test));
  return parsedPart(fields, { cost: 1.5, test: (batch, at) => wanted[batch.formats[at] ?? 0] === true });
}

/** `5xx` is the hundred of them. */
function statusPart(test: ValueTest, fields: FieldReader): QueryPart {
  const hundred = test.kind === 'is' ? /^([1-9])xx$/i.exec(test.text)?.[1] : undefined;
  const matches =
    hundred === undefined ? valueTest(test) : (value: string) => new RegExp(`^${hundred}\\d\\d$`).test(value);
  const inRange = test.kind === 'range' ? numberTest(test) : undefined;
  return parsedPart(fields, {
    cost: 1.5,
    test: (batch, at) => {
      const status = batch.statuses[at] ?? 0;
      return status !== 0 && (inRange === undefined ? matches(String(status)) : inRange(status));
    },
    // Not every status is one of HTTP.
    fallback: { name: 'status', isAbsent: (batch, at) => batch.statuses[at] === 0, matches },
  });
}

function knownPart(name: string, code: FieldCode, test: ValueTest, fields: FieldReader): QueryPart {
  const passes = valueTest(test);
  const withoutQuery = name === 'path' && test.kind === 'is' && !test.text.includes('?');
  const matches = (value: string): boolean =>
    passes(value) || (withoutQuery && passes(value.replace(/\?.*$/s, '')));
  return parsedPart(fields, {
    cost: 2,
    test: (batch, at) => matches(batch.field(at, code) ?? ''),
    fallback: { name, isAbsent: (batch, at) => !batch.has(at, code), matches },
  });
}

interface ParsedTest {
  cost: number;
  test: (batch: ParsedBatch, at: number) => boolean;
  /** Where the parser found no such field, all of the line's own are looked at: `user=root` in a message. */
  fallback?: {
    name: string;
    isAbsent: (batch: ParsedBatch, at: number) => boolean;
    matches: (value: string) => boolean;
  };
}

/** Parses the candidates and asks each. */
function parsedPart(fields: FieldReader, { cost, test, fallback }: ParsedTest): QueryPart {
  const described = fallback && describedPart(fallback.name, fallback.matches, fields);
  return {
    cost,
    frames: () => ALL_FRAMES,
    select(unit, candidates) {
      const found = new Uint8Array(candidates.length);
      const absent = new Uint8Array(candidates.length);
      for (const [sourceId, ofSource] of bySource(unit, candidates)) {
        for (const frame of unit.text().framesWith(ofSource)) {
          const lines = linesOf(frame, ofSource);
          const batch = fields.parse(candidateLines(frame, lines, sourceId));
          let at = 0;
          for (let line = lines.indexOf(1); line >= 0; line = lines.indexOf(1, line + 1), at += 1) {
            if (fallback?.isAbsent(batch, at) === true) absent[frame.firstLine + line] = 1;
            else if (test(batch, at)) found[frame.firstLine + line] = 1;
          }
        }
      }
      const more = described !== undefined && absent.includes(1) ? described.select(unit, absent) : undefined;
      more?.forEach((mark, line) => {
        if (mark === 1) found[line] = 1;
      });
      return marked(found);
    },
  };
}

/** The candidates of each source: each may have a format of its own. */
function bySource(unit: LoadedUnit, candidates: Uint8Array): (readonly [string, Uint8Array])[] {
  const { table, index } = unit.columns().sources();
  const [only = ''] = table;
  if (table.length <= 1) return [[only, candidates]];
  return table.flatMap((source, number) => {
    const lines = eachLine(candidates, (line) => index[line] === number);
    return lines === undefined ? [] : [[source, lines] as const];
  });
}

/** The marks of a frame's own lines. */
function linesOf({ firstLine, ends }: TextFrame, marks: Uint8Array): Uint8Array {
  return marks.subarray(firstLine, firstLine + ends.length);
}

/** The candidates of a frame as the line parser takes them; nothing is copied. */
function candidateLines({ bytes, ends }: TextFrame, candidates: Uint8Array, sourceId: string): LineBatch {
  const count = countMarks(candidates);
  const lines = { starts: new Int32Array(count), ends: new Int32Array(count) };
  let at = 0;
  for (let line = candidates.indexOf(1); line >= 0; line = candidates.indexOf(1, line + 1), at += 1) {
    lines.starts[at] = line === 0 ? 0 : (ends[line - 1] ?? 0);
    lines.ends[at] = ends[line] ?? 0;
  }
  return { sourceId, stream: 0, firstOffset: 0, bytes, length: bytes.length, count, ...lines };
}

/** A field of any name, among all that the line says of itself. */
function describedPart(
  name: string,
  matches: (value: string) => boolean,
  fields: FieldReader,
  test?: ValueTest,
): QueryPart {
  const wanted = name.toLowerCase();
  const each = describing(fields, (line) =>
    line.fields.some((field) => field.name.toLowerCase() === wanted && matches(field.value)),
  );
  if (GIVEN.test(wanted)) return each;
  const key = lastName(name);
  const written = anyOf(['=', '"', ':'].map((behind) => textPart(`${key}${behind}`)));
  const number = test?.kind === 'range' ? writtenNumberPart(key, test) : undefined;
  const found = allOf(number === undefined ? [written, each] : [written, number, each]);
  const placed = fields.placedIn(wanted);
  return placed.size === 0 ? found : anyOf([allOf([ofSources(placed), each]), found]);
}

function ofSources(sourceIds: ReadonlySet<string>): QueryPart {
  const allowed = [...sourceIds].map((sourceId) => filterTest([], [`source:${sourceId}`]));
  return tablePart(
    (unit) => unit.columns().sources(),
    (sourceId) => sourceIds.has(sourceId),
    (unit) => allowed.reduce((frames, allows) => frames | allows(unit), 0),
  );
}

/** Ids that tie lines together, under whatever name. */
function identifierPart(test: ValueTest, fields: FieldReader): QueryPart {
  const matches = valueTest(test);
  return describing(fields, (line) => line.identifiers.some(({ value }) => matches(value)));
}

function describing(fields: FieldReader, test: (line: LineFields) => boolean): QueryPart {
  return {
    cost: 30,
    frames: () => ALL_FRAMES,
    select(unit, candidates) {
      const text = unit.text();
      const times = unit.columns().times();
      const sources = unit.columns().sources();
      return eachLine(candidates, (line) => {
        const sourceId = sources.table[sources.index[line] ?? 0] ?? '';
        return test(fields.describe(lineText(text, line), times[line] ?? 0, sourceId));
      });
    },
  };
}
