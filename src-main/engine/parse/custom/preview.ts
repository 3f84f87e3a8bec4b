import {
  customFormatSchema,
  type CustomFormat,
  type FormatDraft,
  type FormatPreview,
  type PreviewedLine,
} from '../../../../src-preload/contract/log-formats.ts';
import { parseLinePattern } from '../../../../src-preload/contract/line-pattern.ts';
import type { Clock } from '../../flow/clock.ts';
import { splitLines } from '../../flow/line-batch.ts';
import { FIELD, ParsedBatch } from '../../flow/parsed-batch.ts';
import { StampReader } from '../stamp.ts';
import { compileFormat } from './compile.ts';
import type { CompiledFormat } from './pattern-format.ts';

export interface PreviewOptions {
  timeZone: string | undefined;
  year: number | undefined;
  clock: Clock;
}

/** Longest line of which is shown what a format makes. */
const MAX_LINE = 4096;

/** Tries a format on lines, whether it is in the settings or only being written. */
export function previewFormat(
  draft: FormatDraft,
  lines: readonly string[],
  options: PreviewOptions,
): FormatPreview {
  const texts = lines.map((line) => line.replaceAll(/[\r\n]+/g, ' ').slice(0, MAX_LINE));
  const untried = texts.map((text): PreviewedLine => ({
    text,
    matched: false,
    continues: false,
    fields: [],
  }));
  const checked = check(draft);
  if ('fault' in checked) return { fault: checked.fault, lines: untried, matched: 0 };
  const compiled = compileFormat(checked.format);
  const previewed: PreviewedLine[] = [];
  let begun = false;
  for (const text of texts) {
    const line = previewLine(compiled, text, options);
    line.continues = !line.matched && compiled.multiline && begun;
    begun ||= line.matched;
    previewed.push(line);
  }
  return { lines: previewed, matched: previewed.filter((line) => line.matched).length };
}

/** What is wrong with the format itself: the pattern with its character, else the schema's first word. */
function check(
  draft: FormatDraft,
): { format: CustomFormat } | { fault: NonNullable<FormatPreview['fault']> } {
  const { pattern = '', keys = {}, timeFormat, ...common } = draft;
  const named = { ...common, name: draft.name === undefined || draft.name === '' ? 'preview' : draft.name };
  if (draft.kind === 'pattern') {
    const read = parseLinePattern(pattern);
    if ('fault' in read) return { fault: { field: 'pattern', ...read.fault } };
  }
  const checked = customFormatSchema.safeParse(
    draft.kind === 'pattern' ? { ...named, pattern } : { ...named, keys, timeFormat },
  );
  if (checked.success) return { format: checked.data };
  const issue = checked.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  const reason = issue?.message ?? '';
  return { fault: { field, message: { key: 'formats.fault.field', parameters: { field, reason } } } };
}

function previewLine(format: CompiledFormat, text: string, options: PreviewOptions): PreviewedLine {
  const bytes = Buffer.from(text === '' ? ' ' : text);
  const batch = new ParsedBatch(splitLines('', 0, 0, bytes));
  const stamps = new StampReader(options);
  stamps.setNow(options.clock.now());
  const context = { stamps };
  if (!format.parse(batch, 0, context)) {
    const why = format.explain(batch, 0, context);
    const line: PreviewedLine = { text, matched: false, continues: false, fields: [] };
    if (why !== undefined) Object.assign(line, { why: why.message, at: charactersTo(bytes, why.at) });
    return line;
  }
  const time = batch.times[0] ?? Number.NaN;
  const level = batch.levels[0] ?? 6;
  const line: PreviewedLine = { text, matched: true, continues: false, level, fields: [] };
  if (!Number.isNaN(time)) line.time = Math.floor(time);
  for (const { name, from, to } of format.spans(batch, 0, context)) {
    line.fields.push({
      name,
      value: bytes.toString('utf8', from, to),
      from: charactersTo(bytes, from),
      to: charactersTo(bytes, to),
    });
  }
  if (line.fields.length === 0) line.fields.push(...knownFields(batch));
  return line;
}

/** JSON's fields have no one place in the line. */
function* knownFields(batch: ParsedBatch): Generator<{ name: string; value: string }> {
  for (const [name, code] of Object.entries(FIELD)) {
    const value = batch.field(0, code);
    if (value !== undefined) yield { name, value };
  }
  if (batch.statuses[0] !== 0) yield { name: 'status', value: String(batch.statuses[0]) };
  if (batch.sizes[0] !== 0) yield { name: 'size', value: String(batch.sizes[0]) };
}

function charactersTo(bytes: Buffer, at: number): number {
  return bytes.toString('utf8', 0, at).length;
}
