import { z } from 'zod';
import { MAX_MASKING_PATTERN, MAX_MASKING_RULES, MAX_MASKING_SLICE, MAX_TEXT_LENGTH } from './limits.ts';
import { budgetSchema, cursorSchema, logFilterSchema } from './log-filter.ts';
import { call, type, type Message } from './shared.ts';

/**
 * Fields that are kept beside the line because detection and search go by them. Taking one out of the text alone would be
 * a promise not kept: users have a setting of their own, addresses are left out when lines leave the machine.
 */
const KEPT_FIELDS: ReadonlySet<string> = new Set(['address', 'user']);

const common = {
  /** Stands in the mark that takes the value's place: `[masked:name]`. */
  name: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]{0,29}$/u, { message: 'letters, digits and - _ only' }),
  enabled: z.boolean().default(true),
};

/** A rule of the user's own: what else is taken out of a line before it is kept. */
export const maskingRuleSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('pattern'),
    ...common,
    /** RE2 syntax, whatever the case. With a group in round brackets only what the first one matches is masked. */
    pattern: z.string().min(1).max(MAX_MASKING_PATTERN),
  }),
  z.strictObject({
    kind: z.literal('field'),
    ...common,
    /** Name as the line writes it: `name=value`, `"name": "value"`, `name: value`; or of a field of an own format. */
    field: z
      .string()
      .regex(/^[\p{L}_][\p{L}\p{M}\p{N}_.-]{1,47}$/u, { message: 'two to 48 letters, digits and _ - . only' })
      .refine((name) => !KEPT_FIELDS.has(name.toLowerCase()), {
        message:
          'kept beside the line; for users there is masking.users, addresses can be left out on export',
      }),
  }),
]);
export type MaskingRule = z.output<typeof maskingRuleSchema>;

export const maskingRulesSchema = z
  .array(maskingRuleSchema)
  .max(MAX_MASKING_RULES)
  .refine((all) => new Set(all.map(({ name }) => name.toLowerCase())).size === all.length, {
    message: 'two rules have the same name',
  });

/** Rules while they are being written: what is wrong with one is part of the preview. */
export const maskingDraftSchema = z.object({
  secrets: z.boolean(),
  users: z.boolean(),
  rules: z
    .array(
      z.object({
        kind: z.enum(['pattern', 'field']),
        name: z.string().max(100),
        enabled: z.boolean().default(true),
        pattern: z.string().max(MAX_MASKING_PATTERN).optional(),
        field: z.string().max(100).optional(),
      }),
    )
    .max(MAX_MASKING_RULES),
});
export type MaskingDraft = z.output<typeof maskingDraftSchema>;

/** Where something is or was masked: UTF-16 offsets in the text. */
export interface MaskedSpan {
  from: number;
  to: number;
  /** Kind of secret, or the rule's name. */
  kind: string;
}

/** A line as it is and as it would be kept. Shown in the preview and nowhere else. */
export interface MaskingExample {
  before: { text: string; spans: MaskedSpan[] };
  after: { text: string; spans: MaskedSpan[] };
}

/** What one rule does with the lines that were looked at. */
export interface MaskingEffect {
  /** Place in the draft's list; absent: what Yagura itself finds. */
  rule?: number | undefined;
  /** Lines it changes. */
  lines: number;
  /** Lines that carry its mark already: they were masked when they were kept. */
  already: number;
  examples: MaskingExample[];
  /** The rule can't be used as it is, and which field of it is wrong. */
  fault?: { field: string; message: Message } | undefined;
  /** Nothing plain in it that every match contains: every line is looked through. */
  everyLine: boolean;
}

/** A slice of a preview; slices are added up. */
export interface MaskingPreview {
  /** Looked at in this slice. */
  lines: number;
  /** Changed by anything at all. */
  changed: number;
  /** Yagura's own first, then one for each rule of the draft. */
  effects: MaskingEffect[];
  /** Microseconds of processor time that the rules took. */
  spentMicros: number;
  /** Asks on; absent when there are no more lines. */
  cursor?: string | undefined;
}

/** What masking would do, before it does. */
export const maskingCalls = {
  /** What masking would make of a text: with settings that are being written, else with those in force. */
  previewMasking: call
    .input(z.object({ text: z.string().max(MAX_TEXT_LENGTH), draft: maskingDraftSchema.optional() }))
    .output(type<{ text: string; spans: { from: number; to: number; kind: string }[] }>()),
  /** What rules that are being written would make of the newest lines that pass, slice by slice. */
  previewMaskingRules: call
    .input(
      z.object({
        draft: maskingDraftSchema,
        filter: logFilterSchema,
        cursor: cursorSchema,
        limit: z.number().int().min(1).max(MAX_MASKING_SLICE).default(MAX_MASKING_SLICE),
        budgetMs: budgetSchema,
      }),
    )
    .output(type<MaskingPreview>()),
};
