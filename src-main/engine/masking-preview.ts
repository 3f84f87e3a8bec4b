import { setImmediate } from 'node:timers/promises';
import type { LogLine } from '../../src-preload/contract/logs.ts';
import {
  maskingRuleSchema,
  type MaskedSpan,
  type MaskingDraft,
  type MaskingEffect,
  type MaskingExample,
  type MaskingPreview,
  type MaskingRule,
} from '../../src-preload/contract/masking.ts';
import type { Message } from '../../src-preload/contract/shared.ts';
import type { Clock } from './flow/clock.ts';
import { BadExpression, compileLinear } from './flow/linear-expression.ts';
import { splitLines } from './flow/line-batch.ts';
import type { ParsedBatch } from './flow/parsed-batch.ts';
import { createLineParser } from './parse/line-parser.ts';
import { createMasker, type Masker } from './parse/mask.ts';
import { joined, MASK_KINDS, replacementOf, type Span } from './parse/masking/spans.ts';

/** Lines masked in one go: with fifty rules that look through every line some ten milliseconds. */
const STEP = 25;
const MAX_EXAMPLES = 5;
const MAX_SHOWN = 2000;

/** One thing that masks: Yagura's own, or one rule. */
interface Part {
  effect: MaskingEffect;
  masker: Masker;
  /** Marks of which say that a line was masked by it when it was kept. */
  marks: readonly string[];
}

/**
 * What rules that are being written would make of lines as they are kept, each rule for itself: how many lines it changes,
 * and some of them before and after.
 */
export async function previewRules(
  draft: MaskingDraft,
  lines: readonly LogLine[],
  { key, clock, signal }: { key: string; clock: Clock; signal?: AbortSignal | undefined },
): Promise<MaskingPreview> {
  const parts = partsOf(draft, key);
  const parser = createLineParser({ clock });
  const preview: MaskingPreview = {
    lines: lines.length,
    changed: 0,
    effects: parts.map(({ effect }) => effect),
    spentMicros: 0,
  };
  for (let from = 0; from < lines.length; from += STEP) {
    signal?.throwIfAborted();
    const texts = lines.slice(from, from + STEP).map(({ text }) => text.replaceAll('\n', ' '));
    const batch = parser.parse(splitLines('', 0, 0, Buffer.from(`${texts.join('\n')}\n`)));
    const changed = new Set<number>();
    for (const part of parts) {
      const begun = performance.now();
      const spans = part.masker.spans(batch);
      if (part.effect.rule !== undefined) preview.spentMicros += (performance.now() - begun) * 1000;
      for (const line of tell(part, batch, spans)) changed.add(line);
    }
    preview.changed += changed.size;
    await setImmediate();
  }
  return preview;
}

/** Masks as the draft says; rules of it that can't be used are left out. */
export function draftMasker({ secrets, users, rules }: MaskingDraft, key: string): Masker {
  const usable = rules.flatMap((draft) => checked(draft).rule ?? []);
  return createMasker({ secrets, users, key, rules: usable });
}

function partsOf({ secrets, users, rules }: MaskingDraft, key: string): Part[] {
  const parts = [
    {
      effect: { lines: 0, already: 0, examples: [], everyLine: false },
      masker: createMasker({ secrets, users, key }),
      marks: MASK_KINDS.map(markOf),
    },
    ...rules.map((rule, index) => ruleOf(rule, index, key)),
  ];
  return parts;
}

function ruleOf(draft: MaskingDraft['rules'][number], index: number, key: string): Part {
  const { rule, fault } = checked(draft);
  const effect: MaskingEffect = { rule: index, lines: 0, already: 0, examples: [], everyLine: false };
  if (fault !== undefined) effect.fault = fault;
  if (rule?.kind === 'pattern') effect.everyLine = compileLinear(rule.pattern).literals === undefined;
  const rules = rule === undefined ? [] : [rule];
  return {
    effect,
    masker: createMasker({ secrets: false, users: false, key, rules }),
    marks: [markOf(draft.name)],
  };
}

/** The rule as it would be kept, or what is wrong with it; neither for one that is still empty. */
function checked(draft: MaskingDraft['rules'][number]): {
  rule?: MaskingRule;
  fault?: { field: string; message: Message };
} {
  const { pattern = '', field = '', kind, ...common } = draft;
  const read = maskingRuleSchema.safeParse(
    kind === 'pattern' ? { kind, ...common, pattern } : { kind, ...common, field },
  );
  if (!read.success) {
    const [issue] = read.error.issues;
    const where = String(issue?.path[0] ?? 'name');
    if (where !== 'name' && (kind === 'pattern' ? pattern : field) === '') return {};
    return {
      fault: {
        field: where,
        message: { key: `masking.fault.${faultOf(draft, where)}`, parameters: {} },
      },
    };
  }
  try {
    if (read.data.kind === 'pattern') compileLinear(read.data.pattern);
    return { rule: read.data };
  } catch (error) {
    if (error instanceof BadExpression) return { fault: { field: 'pattern', message: error.fault } };
    throw error;
  }
}

function faultOf({ field = '' }: MaskingDraft['rules'][number], where: string): string {
  if (where === 'name') return 'name';
  return /^(?:address|user)$/i.test(field) ? 'kept' : 'field';
}

function markOf(kind: string): string {
  return `[masked:${kind}]`;
}

/** Counts and remembers what a part did; answers the lines that it changed. */
function tell({ effect, marks }: Part, batch: ParsedBatch, spans: Span[]): number[] {
  const changed: number[] = [];
  let next = 0;
  for (let line = 0; line < batch.count; line += 1) {
    const start = batch.starts[line] ?? 0;
    const end = batch.ends[line] ?? 0;
    if (marks.some((mark) => batch.bytes.subarray(start, end).includes(mark))) effect.already += 1;
    const first = next;
    while ((spans[next]?.from ?? Infinity) < end) next += 1;
    if (next === first) continue;
    changed.push(line);
    if (effect.examples.length < MAX_EXAMPLES)
      effect.examples.push(exampleOf(batch.bytes, start, end, spans.slice(first, next)));
  }
  effect.lines += changed.length;
  return changed;
}

function exampleOf(bytes: Buffer, start: number, end: number, spans: Span[]): MaskingExample {
  const before: MaskingExample['before'] = { text: '', spans: [] };
  const after: MaskingExample['after'] = { text: '', spans: [] };
  const add = (side: typeof before, text: string, kind?: string): void => {
    const room = MAX_SHOWN - side.text.length;
    if (room <= 0) return;
    const from = side.text.length;
    side.text += text.slice(0, room);
    if (kind !== undefined) side.spans.push({ from, to: side.text.length, kind } satisfies MaskedSpan);
  };
  let at = start;
  for (const span of joined(spans)) {
    const between = bytes.toString('utf8', at, span.from);
    add(before, between);
    add(after, between);
    add(before, bytes.toString('utf8', span.from, Math.min(span.to, end)), span.kind);
    add(after, replacementOf(span), span.kind);
    at = span.to;
  }
  add(before, bytes.toString('utf8', at, end));
  add(after, bytes.toString('utf8', at, end));
  return { before, after };
}
