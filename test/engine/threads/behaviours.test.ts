import { describe, expect, it } from 'vitest';
import { createLineDetector } from '../../../src-main/engine/detect/intrusion/line-detector.ts';
import { createRuleSource } from '../../../src-main/engine/detect/intrusion/rule-source.ts';
import type { EventBatch } from '../../../src-main/engine/flow/event-batch.ts';
import type { DetectedFinding } from '../../../src-main/engine/flow/finding.ts';
import { splitLines } from '../../../src-main/engine/flow/line-batch.ts';
import { createLineParser } from '../../../src-main/engine/parse/line-parser.ts';
import { Behaviours } from '../../../src-main/engine/threads/behaviours.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const MONTH = 30 * 86_400_000;
const { rules } = createRuleSource('resources', '/nonexistent').load();
const detector = createLineDetector(rules);

/** Failed sign-ins as root, one every 10 s. */
function failures(
  stream: number,
  start: number,
  count: number,
  address = '203.0.113.9',
  firstOffset = 0,
): EventBatch {
  const lines = Array.from({ length: count }, (_, index) => {
    const time = new Date(start + index * 10_000).toISOString();
    return `${time} desk sshd[${100 + index}]: Failed password for root from ${address} port ${2000 + index} ssh2\n`;
  });
  const batch = createLineParser({ clock: { now: () => NOW } }).parse(
    splitLines(`log${stream}`, stream, firstOffset, Buffer.from(lines.join(''))),
  );
  return detector.detect(batch).events;
}

const bruteForce = (found: DetectedFinding[]): DetectedFinding[] =>
  found.filter((finding) => finding.type === 'brute_force');

describe('Detectors over time', () => {
  it('find an attack of last month once, however often today moves on meanwhile', () => {
    const behaviours = new Behaviours(rules.loaded, []);
    const found: DetectedFinding[] = [];
    for (let part = 0; part < 6; part += 1) {
      found.push(
        ...behaviours.process(failures(1, NOW - MONTH + part * 30_000, 3, '203.0.113.9', part * 10_000), NOW),
      );
      found.push(...behaviours.process(failures(2, NOW - 60_000, 1, '198.51.100.2', part * 10_000), NOW));
      found.push(...behaviours.advance(NOW + part * 1000));
    }
    found.push(...behaviours.finish(NOW));
    const attacks = bruteForce(found).filter((finding) => finding.historic);
    const fast = attacks.filter((finding) => finding.ruleId === 'auth.brute-force.fast');
    expect(new Set(fast.map((finding) => finding.id)).size).toBe(1);
  });

  it('tell now from history by the time the lines were read', () => {
    const behaviours = new Behaviours(rules.loaded, []);
    expect(bruteForce(behaviours.process(failures(1, NOW - 60_000, 5), NOW))).toMatchObject([
      { historic: false },
    ]);
    expect(bruteForce(behaviours.process(failures(2, NOW - MONTH, 5, '192.0.2.77'), NOW))).toMatchObject([
      { historic: true },
    ]);
  });

  it('judge a history when its stream ends, and remember nothing more of it', () => {
    const behaviours = new Behaviours(rules.loaded, []);
    const whole = new Behaviours(rules.loaded, []);
    const found = behaviours.process(failures(3, NOW - MONTH, 30), NOW);
    found.push(...behaviours.end(3, NOW));
    const expected = whole.process(failures(3, NOW - MONTH, 30), NOW);
    expected.push(...whole.finish(NOW));
    expect(found).not.toEqual([]);
    expect(found).toEqual(expected);
    expect(behaviours.snapshot().map((state) => state.name)).toEqual(['live']);
    expect(behaviours.end(3, NOW)).toEqual([]);
  });

  it('go on where they were after a restart, between the fourth and the fifth failure', () => {
    const before = new Behaviours(rules.loaded, []);
    expect(bruteForce(before.process(failures(1, NOW - 60_000, 4), NOW))).toEqual([]);
    const after = new Behaviours(rules.loaded, []);
    after.restore(before.snapshot(), NOW);
    expect(bruteForce(after.process(failures(1, NOW - 15_000, 1, '203.0.113.9', 10_000), NOW))).toHaveLength(
      1,
    );
  });

  it('remember history that was under way when the engine stopped', () => {
    const before = new Behaviours(rules.loaded, []);
    before.process(failures(7, NOW - MONTH, 4), NOW);
    const states = before.snapshot();
    expect(states.map((state) => state.name)).toEqual(['live', 'history/7']);
    const after = new Behaviours(rules.loaded, []);
    after.restore(states, NOW);
    expect(
      bruteForce(after.process(failures(7, NOW - MONTH + 45_000, 1, '203.0.113.9', 10_000), NOW)),
    ).toHaveLength(1);
  });

  it('let a history go, when nothing came of it for a while', () => {
    const behaviours = new Behaviours(rules.loaded, []);
    behaviours.process(failures(7, NOW - MONTH, 4), NOW);
    behaviours.advance(NOW + 31_000);
    expect(behaviours.snapshot().map((state) => state.name)).toEqual(['live']);
  });

  it('keep no more histories than their limit, with many files read at once', () => {
    const behaviours = new Behaviours(rules.loaded, []);
    for (let stream = 1; stream <= 40; stream += 1) behaviours.process(failures(stream, NOW - MONTH, 2), NOW);
    expect(behaviours.snapshot()).toHaveLength(17);
  });

  it('never find an address of the allowlist', () => {
    const behaviours = new Behaviours(rules.loaded, ['203.0.113.0/24']);
    expect(behaviours.process(failures(1, NOW - 60_000, 9), NOW)).toEqual([]);
  });
});
