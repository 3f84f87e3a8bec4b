import type { MaskingDraft, MaskingEffect, MaskingPreview } from '../../src-preload/contract/masking.ts';

const LINES = 800;

/** A slice of a store of 2,600 lines in which every pattern finds `ID-7` in some of them, but one of a single bracket. */
export function maskingPreview(
  draft: MaskingDraft,
  cursor: string | undefined,
  limit: number,
): MaskingPreview {
  const done = Number(cursor ?? 0);
  const lines = Math.min(limit, LINES);
  const own: MaskingEffect = { lines: 0, already: 12, examples: [], everyLine: false };
  const effects = draft.rules.map((rule, index): MaskingEffect => {
    const plain = { rule: index, lines: 0, already: 0, examples: [], everyLine: false };
    if (rule.pattern === '(') {
      const message = { key: 'masking.fault.syntax', parameters: { reason: 'missing closing )' } };
      return { ...plain, fault: { field: 'pattern', message } };
    }
    if ((rule.pattern ?? rule.field ?? '') === '' || !rule.enabled) return plain;
    const mark = `[masked:${rule.name}]`;
    const example = {
      before: { text: `order <b>ID-7</b> from ${done}`, spans: [{ from: 9, to: 13, kind: rule.name }] },
      after: {
        text: `order <b>${mark}</b> from ${done}`,
        spans: [{ from: 9, to: 9 + mark.length, kind: rule.name }],
      },
    };
    return { ...plain, lines: 41, examples: [example], everyLine: rule.pattern === '\\d+' };
  });
  const next = done + lines;
  return {
    lines,
    changed: 41,
    effects: [own, ...effects],
    spentMicros: lines * 2.5,
    ...(next < 2600 ? { cursor: String(next) } : {}),
  };
}
