import { expect, describe, it } from 'vitest';
import { CollectAtRest } from '../../src-main/engine/collect-at-rest.ts';

/** What a thread does that spends these shares of its time at work, one look after another: when it collects. */
function collectsAt(shares: number[]): number[] {
  const collected: number[] = [];
  let look = 0;
  const rest = new CollectAtRest({
    collect: () => collected.push(look),
    workingShare: () => shares[look] ?? 0,
  });
  for (; look < shares.length; look += 1) rest.look();
  return collected;
}

describe('A thread at rest', () => {
  it('is collected once after its start, once after each spell of work, and not while it works', () => {
    expect(collectsAt([0.9, 0.01, 0, 0.02])).toEqual([1]);
    expect(collectsAt([0, 0.04, 0.6, 0.9, 0.1, 0.02, 0, 0, 0.3, 0])).toEqual([0, 5, 9]);
  });

  it('is not collected again for the little that comes in between', () => {
    expect(collectsAt([0, 0.1, 0, 0.15, 0])).toEqual([0]);
  });

  it('gives back what its work left behind', () => {
    const left = Array.from({ length: 300_000 }, (_, index) => ({ text: `line ${index}` }));
    const held = process.memoryUsage().heapUsed;
    left.length = 0;
    new CollectAtRest({ workingShare: () => 0 }).look();
    expect(process.memoryUsage().heapUsed).toBeLessThan(held - 10_000_000);
  });
});
