import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src-preload/contract/threats.ts';
import {
  createBehaviour,
  type Behaviour,
  type BehaviourOptions,
} from '../../../src-main/engine/detect/intrusion/behaviour.ts';
import { createLineDetector } from '../../../src-main/engine/detect/intrusion/line-detector.ts';
import { compileRules } from '../../../src-main/engine/detect/intrusion/compile-rules.ts';
import { loadRules, readRuleTexts } from '../../../src-main/engine/detect/intrusion/rules.ts';
import { transferables, type EventBatch } from '../../../src-main/engine/flow/event-batch.ts';
import { access, failedSignIn, NOW, parsed } from './batches.ts';

const RESOURCES = join(import.meta.dirname, '../../../resources');
const { rules } = loadRules(RESOURCES);
const detector = createLineDetector(rules);
const CONTEXT = { readAt: NOW };

function events(lines: readonly string[], offset = 0, stream = 1): EventBatch {
  return detector.detect(parsed(lines, offset, stream)).events;
}

/** Feeds each line as a batch of its own, at its true offset. */
function feed(behaviour: Behaviour, lines: readonly string[], from = 0, to = lines.length): Finding[] {
  const found: Finding[] = [];
  let offset = 0;
  lines.forEach((line, index) => {
    if (index >= from && index < to) found.push(...behaviour.process(events([line], offset), CONTEXT));
    offset += Buffer.byteLength(line) + 1;
  });
  return found;
}

const fresh = (options: BehaviourOptions = {}): Behaviour => createBehaviour(rules, options);
const ids = (found: readonly Finding[]): string[] => [...new Set(found.map((finding) => finding.id))].sort();

const GUESSING = Array.from({ length: 12 }, (_, at) => failedSignIn(at % 60, at));

describe('guessing passwords', () => {
  test('is a finding with the fifth failure, not with the fourth', () => {
    const behaviour = fresh();
    expect(feed(behaviour, GUESSING, 0, 4)).toEqual([]);
    const found = feed(behaviour, GUESSING, 4, 5);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      ruleId: 'auth.brute-force.fast',
      type: 'brute_force',
      count: 5,
      addresses: ['192.0.2.7'],
      user: 'root',
    });
    expect(found[0]?.evidence).toHaveLength(5);
    expect(found[0]?.historic).toBe(true);
  });

  test('goes on in the same finding, with a larger count', () => {
    const found = feed(fresh(), GUESSING).filter((finding) => finding.ruleId === 'auth.brute-force.fast');
    expect(ids(found)).toHaveLength(1);
    expect(found.at(-1)?.count).toBe(10);
    expect(found.at(-1)!.risk).toBeGreaterThan(found[0]!.risk);
  });

  test('is live when it is read within ten minutes of happening', () => {
    const found = fresh().process(events(GUESSING), { readAt: Date.UTC(2026, 10, 21, 10, 12) });
    expect(found.every((finding) => !finding.historic)).toBe(true);
  });

  test('of an allowed address is no finding', () => {
    expect(feed(fresh({ allowlist: ['192.0.2.0/24'] }), GUESSING)).toEqual([]);
  });
});

describe('exactly once', () => {
  test('the same events again change nothing', () => {
    const behaviour = fresh();
    feed(behaviour, GUESSING);
    expect(feed(behaviour, GUESSING)).toEqual([]);
  });

  test('stopped anywhere and started from a snapshot, the same findings come out as without a stop', () => {
    const lines = [
      ...GUESSING,
      ...Array.from({ length: 14 }, (_, at) =>
        access({ target: `/place${at}/x`, status: 404, address: '192.0.2.8' }),
      ),
      access({ target: '/x?q=<script>alert(1)</script>', address: '192.0.2.9' }),
      access({ target: '/x?q=<script>alert(2)</script>', address: '192.0.2.9' }),
    ];
    const whole = fresh();
    const expected = [...feed(whole, lines), ...whole.finish(CONTEXT)];
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: lines.length }),
        fc.integer({ min: 0, max: lines.length }),
        (cut, back) => {
          const before = fresh();
          const first = feed(before, lines, 0, cut);
          const saved = before.snapshot();
          const after = fresh();
          expect(after.restore(saved).anew).toEqual([]);
          // The store's position may lie behind the snapshot: some lines come again.
          const second = feed(after, lines, Math.max(0, cut - back));
          const all = [...first, ...second, ...after.finish(CONTEXT)];
          expect(ids(all)).toEqual(ids(expected));
          for (const id of ids(expected)) {
            const last = (found: Finding[]): number =>
              Math.max(...found.filter((one) => one.id === id).map((one) => one.count));
            expect(last(all)).toBe(last(expected));
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test('a damaged snapshot starts everything anew and says so', () => {
    const behaviour = fresh();
    const report = behaviour.restore([new Uint8Array([1, 2, 3])]);
    expect(report.kept).toEqual([]);
    expect(report.anew.length).toBe(rules.buckets.length);
    expect(feed(behaviour, GUESSING)).not.toEqual([]);
  });
});

describe('a reload', () => {
  test('keeps the buckets of unchanged rules and starts changed ones anew', () => {
    const texts = readRuleTexts(join(RESOURCES, 'rules'), 'built-in').texts;
    const changed = compileRules(
      texts.map((text) => ({
        ...text,
        text: text.text.replace(
          'confidence: 0.9\n    mitre: [T1110.001]',
          'confidence: 0.95\n    mitre: [T1110.001]',
        ),
      })),
    ).rules;
    const kept = fresh();
    feed(kept, GUESSING, 0, 4);
    expect(kept.reload(loadRules(RESOURCES).rules).anew).toEqual([]);
    expect(feed(kept, GUESSING, 4, 5)).toHaveLength(1);

    const anew = fresh();
    feed(anew, GUESSING, 0, 4);
    expect(anew.reload(changed).anew).toEqual(['auth.brute-force.fast']);
    expect(feed(anew, GUESSING, 4, 5)).toEqual([]);
  });
});

describe('bounds', () => {
  test('groups beyond the limit are dropped and counted', () => {
    const behaviour = fresh({ maxGroups: 100 });
    const lines = Array.from({ length: 3000 }, (_, at) =>
      failedSignIn(1, at % 60, `10.1.${at >> 8}.${at & 255}`, `u${at}`),
    );
    behaviour.process(events(lines), CONTEXT);
    const [buckets] = behaviour.queues();
    expect(buckets!.dropped).toBeGreaterThan(1000);
    expect(buckets!.depth).toBeLessThanOrEqual(buckets!.limit);
  });

  test('an attack goes on being seen while strangers flood the groups', () => {
    const behaviour = fresh({ maxGroups: 200 });
    const lines: string[] = [];
    for (let at = 0; at < 400; at += 1) {
      lines.push(failedSignIn(1, at % 60, `10.2.${at >> 8}.${at & 255}`, `u${at}`));
      if (at % 80 === 0) lines.push(failedSignIn(1, at % 60));
    }
    const found = behaviour.process(events(lines), CONTEXT);
    expect(
      found.some(
        (finding) => finding.ruleId === 'auth.brute-force.fast' && finding.addresses[0] === '192.0.2.7',
      ),
    ).toBe(true);
  });
});

const INJECTING = [1, 2, 3].map((number) => access({ target: `/x?q=<script>alert(${number})</script>` }));

describe('a single line that is an attack', () => {
  test('is one finding per type and address, which grows', () => {
    const found = feed(fresh(), INJECTING).filter((finding) => finding.type === 'xss');
    expect(ids(found)).toHaveLength(1);
    expect(found.at(-1)?.count).toBe(2);
  });

  test('grows after a stop as it would have without one', () => {
    const behaviour = fresh();
    feed(behaviour, INJECTING, 0, 1);
    const restored = fresh();
    restored.restore(behaviour.snapshot());
    const found = feed(restored, INJECTING, 1);
    expect(found).not.toEqual([]);
    expect(found).toEqual(feed(behaviour, INJECTING, 1));
  });

  test('keeps the same id whatever batches it came in', () => {
    const lines = [access({}), access({ target: "/x?id=1' or 1=1--" })];
    expect(ids(fresh().process(events(lines), CONTEXT))).toEqual(ids(feed(fresh(), lines)));
  });
});

describe('order', () => {
  test('lines that arrive out of order within the window still count', () => {
    const shuffled = [4, 1, 3, 0, 2].map((at) => GUESSING[at]!);
    expect(feed(fresh(), shuffled).some((finding) => finding.ruleId === 'auth.brute-force.fast')).toBe(true);
  });
});

test('a batch crosses to another thread without copying its columns', () => {
  const batch = events(GUESSING);
  const count = batch.count;
  const moved = structuredClone(batch, { transfer: transferables(batch) });
  expect(batch.times.byteLength).toBe(0);
  expect(moved.count).toBe(count);
  expect(fresh().process(moved, CONTEXT)).not.toEqual([]);
});
