import { describe, expect, test } from 'vitest';
import { draftMasker, previewRules } from '../../src-main/engine/masking-preview.ts';
import type { LogLine } from '../../src-preload/contract/logs.ts';
import { maskingDraftSchema, type MaskingPreview } from '../../src-preload/contract/masking.ts';

function preview(rules: object[], texts: string[], { users = false } = {}): Promise<MaskingPreview> {
  const draft = maskingDraftSchema.parse({ secrets: true, users, rules });
  const lines = texts.map((text, index): LogLine => ({
    id: `application/2026-11-21/${index}`,
    time: 0,
    level: 6,
    sourceId: 's',
    text,
  }));
  return previewRules(draft, lines, { key: 'k', clock: { now: () => 0 } });
}

describe('a preview of masking rules', () => {
  test('counts the lines that each rule changes for itself, and shows some of them', async () => {
    const texts = Array.from({ length: 60 }, (_, index) =>
      index % 2 === 0 ? `order ID-${index} customer=c${index}` : '東京 nothing here',
    );
    const { lines, changed, effects } = await preview(
      [
        { kind: 'pattern', name: 'order', pattern: 'ID-(\\d+)' },
        { kind: 'field', name: 'client', field: 'customer' },
        { kind: 'pattern', name: 'off', pattern: 'order', enabled: false },
      ],
      texts,
    );
    expect([lines, changed]).toEqual([60, 30]);
    expect(effects.map((effect) => effect.lines)).toEqual([0, 30, 30, 0]);
    expect(effects[1]?.examples).toHaveLength(5);
    expect(effects[1]?.examples[1]).toEqual({
      before: { text: 'order ID-2 customer=c2', spans: [{ from: 9, to: 10, kind: 'order' }] },
      after: { text: 'order ID-[masked:order] customer=c2', spans: [{ from: 9, to: 23, kind: 'order' }] },
    });
  });

  test('shows Yagura’s own as well, and what was masked when it was kept', async () => {
    const line = '192.0.2.1 - sato [21/Nov/2026:10:00:00 +0900] "GET / HTTP/1.1" 200 1 "-" "-"';
    const { effects } = await preview(
      [{ kind: 'pattern', name: 'x', pattern: 'nothing' }],
      ['token=ab12cd34ef', 'token=[masked:token]', 'a [masked:x] b', line],
      { users: true },
    );
    expect(effects.map((effect) => [effect.lines, effect.already])).toEqual([
      [2, 1],
      [0, 1],
    ]);
    expect(effects[0]?.examples[1]?.after.text).toMatch(/ - user-[0-9a-f]{6} \[/);
  });

  test('says of each rule that can’t be used which field is wrong, and goes on with the others', async () => {
    const { effects } = await preview(
      [
        { kind: 'pattern', name: 'a', pattern: '(' },
        { kind: 'pattern', name: 'b b', pattern: 'x' },
        { kind: 'field', name: 'c', field: 'user' },
        { kind: 'field', name: 'd', field: 'e f' },
        { kind: 'pattern', name: 'new', pattern: '' },
        { kind: 'pattern', name: 'g', pattern: '\\d' },
      ],
      ['x 1'],
    );
    expect(effects.slice(1).map(({ fault }) => fault && [fault.field, fault.message.key])).toEqual([
      ['pattern', 'masking.fault.syntax'],
      ['name', 'masking.fault.name'],
      ['field', 'masking.fault.kept'],
      ['field', 'masking.fault.field'],
      undefined,
      undefined,
    ]);
    expect(effects.at(-1)).toMatchObject({ lines: 1, everyLine: true });
  });

  test('is given up when nobody waits for it any more', async () => {
    const draft = maskingDraftSchema.parse({ secrets: true, users: false, rules: [] });
    const line: LogLine = { id: 'a', time: 0, level: 6, sourceId: 's', text: 'x' };
    const surroundings = { key: 'k', clock: { now: () => 0 }, signal: AbortSignal.abort() };
    await expect(previewRules(draft, [line], surroundings)).rejects.toThrow();
  });
});

test('a text is masked with the rules of a draft that can be used', () => {
  const draft = maskingDraftSchema.parse({
    secrets: false,
    users: false,
    rules: [
      { kind: 'pattern', name: 'a', pattern: '(' },
      { kind: 'pattern', name: 'b', pattern: 'x+' },
    ],
  });
  expect(draftMasker(draft, 'k').preview('a xx').text).toBe('a [masked:b]');
});
