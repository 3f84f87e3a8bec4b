import { z } from 'zod';
import { LEVEL_NAMES } from './level-names.ts';
import {
  MAX_PATTERN_LENGTH,
  parseLinePattern,
  PATTERN_FIELDS,
  timeFormatFault,
  type PatternFault,
} from './line-pattern.ts';
import { call, timeZoneSchema, type, type Level, type Message, type Time } from './shared.ts';

export { LEVEL_NAMES };

const common = {
  /** By which a source names it. */
  name: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,39}$/u, { message: 'letters, digits and - _ . only' }),
  /** Words of the log for its levels, e.g. `W: warning`; the usual ones are known. */
  levels: z.record(z.string().min(1).max(40), z.enum(LEVEL_NAMES)).optional(),
  /** A line that does not match goes on with the one before. */
  multiline: z.boolean().default(false),
};

const timeFormatSchema = z
  .string()
  .min(1)
  .max(100)
  .refine((format) => timeFormatFault(format) < 0, { message: 'not a time such as %Y-%m-%d %H:%M:%S' });

const keysSchema = z.partialRecord(z.enum(PATTERN_FIELDS), z.string().min(1).max(200));

/** A format of the user's own: lines by a pattern, or JSON by its keys. */
export const customFormatSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('pattern'),
    ...common,
    pattern: z
      .string()
      .min(1)
      .max(MAX_PATTERN_LENGTH)
      .superRefine((pattern, context) => {
        const read = parseLinePattern(pattern);
        if ('fault' in read) context.addIssue({ code: 'custom', message: faultText(read.fault) });
      }),
  }),
  z.strictObject({
    kind: z.literal('json'),
    ...common,
    /** Which key is what; nested ones join with a dot. Others keep the meaning their name has. */
    keys: keysSchema,
    /** How the time is written, where that is none of the known ways. */
    timeFormat: timeFormatSchema.optional(),
  }),
]);
export type CustomFormat = z.output<typeof customFormatSchema>;
export type CustomFormatInput = z.input<typeof customFormatSchema>;

/** A format while it is being written: what is wrong with it is part of the preview. */
const formatDraftSchema = z.object({
  kind: z.enum(['pattern', 'json']),
  name: z.string().max(100).optional(),
  pattern: z.string().max(MAX_PATTERN_LENGTH).optional(),
  keys: z.record(z.string().max(40), z.string().max(200)).optional(),
  timeFormat: z.string().max(100).optional(),
  levels: z.record(z.string().max(40), z.string().max(20)).optional(),
  multiline: z.boolean().optional(),
});
export type FormatDraft = z.output<typeof formatDraftSchema>;

/** For the settings file, whose errors are in English: what and at which character. */
function faultText({ position, message }: PatternFault): string {
  const what = message.key.slice(message.key.lastIndexOf('.') + 1);
  const parameters = Object.entries(message.parameters)
    .filter(([name]) => name !== 'position')
    .map(([, value]) => `"${value}"`)
    .join(' ');
  return `character ${position + 1}: ${FAULTS[what] ?? what} ${parameters}`.trim();
}

const FAULTS: Record<string, string> = {
  unopened: 'a brace that nothing opened; write }} for the character itself',
  unclosed: 'a brace that nothing closes; write {{ for the character itself',
  name: 'not a name for a field:',
  onlyTime: 'only a time has a format, not',
  directive: 'not a part of a time:',
  adjacent: 'two fields without text between them',
  twice: 'a field that stands there twice:',
  noField: 'no field in it',
  tooMany: 'more fields than',
};

/** What a format makes of one line. */
export interface PreviewedLine {
  text: string;
  matched: boolean;
  /** It goes on with the line before. */
  continues: boolean;
  /** Not matched: why, and from which character on. */
  why?: Message | undefined;
  at?: number | undefined;
  time?: Time | undefined;
  level?: Level | undefined;
  /** `from` and `to`: characters of the text, where the field is a piece of it. */
  fields: { name: string; value: string; from?: number | undefined; to?: number | undefined }[];
}

export interface FormatPreview {
  /** The format itself is wrong: where (`pattern`, `timeFormat`, `keys.time` …) and, in a pattern, at which character. */
  fault?: { field: string; position?: number | undefined; message: Message } | undefined;
  lines: PreviewedLine[];
  matched: number;
}

/** Lines one preview takes. */
const MAX_PREVIEW_LINES = 200;

/** Formats of the user's own, tried before they are kept. */
export const formatCalls = {
  /** What a format, in the settings or only being written, makes of lines: given ones, else the newest of a source. */
  previewFormat: call
    .input(
      z.object({
        format: formatDraftSchema,
        lines: z.array(z.string().max(20_000)).max(MAX_PREVIEW_LINES).optional(),
        sourceId: z.string().max(200).optional(),
        timeZone: timeZoneSchema.optional(),
      }),
    )
    .output(type<FormatPreview>()),
  /** A pattern to begin with, made from one line. */
  suggestFormat: call.input(z.object({ line: z.string().max(20_000) })).output(type<{ pattern: string }>()),
};
