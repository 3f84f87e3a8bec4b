import { beforeEach, describe, expect, it } from 'vitest';
import { useRange } from '../../../src-renderer/state/range.ts';
import { MAX_TOASTS, useToasts } from '../../../src-renderer/state/toasts.ts';

describe('range', () => {
  const range = useRange();
  const length = (): number => range.range.value.to - range.range.value.from;
  beforeEach(() => range.choose(30));

  it('of so many minutes ends now and is live', () => {
    range.choose(60);
    expect(length()).toBe(3_600_000);
    expect(Math.abs(range.range.value.to - Date.now())).toBeLessThan(10_000);
    expect(range.mode.value).toBe('live');
  });

  it('stands still while paused and counts what comes in', () => {
    range.hold(5);
    expect(range.held.value).toBe(0);
    range.pause();
    const before = range.range.value;
    range.hold(100);
    range.hold(28);
    expect(range.held.value).toBe(128);
    expect(range.range.value).toEqual(before);
    range.live();
    expect(range.held.value).toBe(0);
  });

  it('goes back by its own length and forth to live', () => {
    const { from } = range.range.value;
    range.shift(-1);
    expect(range.mode.value).toBe('historical');
    expect(range.range.value.to).toBe(from);
    range.shift(1);
    expect(range.mode.value).toBe('live');
  });

  it('around a moment keeps its length and never reaches into the future', () => {
    range.showAround(Date.now() - 1000);
    expect(length()).toBe(1_800_000);
    expect(range.range.value.to).toBeLessThanOrEqual(Date.now() + 5000);
  });
});

describe('notices', () => {
  const toasts = useToasts();
  beforeEach(() => {
    for (const { id } of toasts.list.value) toasts.dismiss(id);
  });

  it('are at most three, and errors are the last to go', () => {
    toasts.show({ state: 'error', title: 'stays' });
    for (let n = 0; n < 5; n += 1) toasts.show({ state: 'ok', title: `ok ${n}` });
    expect(toasts.list.value).toHaveLength(MAX_TOASTS);
    expect(toasts.list.value[0]?.title).toBe('stays');
    expect(toasts.list.value.at(-1)?.title).toBe('ok 4');
  });
});
