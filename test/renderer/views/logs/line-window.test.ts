import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isGap, LineWindow } from '../../../../src-renderer/views/logs/line-window.ts';
import { line, lines } from './lines.ts';

function times(window: LineWindow): number[] {
  return window.rows.map((row) => (isGap(row) ? -row.missing : row.time));
}

describe('line window', () => {
  it('takes a line once, however often it comes', () => {
    const window = new LineWindow();
    window.reset(lines(1, 3), { hasOlder: false, hasNewer: false });
    window.append(lines(2, 5));
    window.append(lines(4, 5));
    expect(times(window)).toEqual([1, 2, 3, 4, 5]);
  });

  it('puts a late line at its time', () => {
    const window = new LineWindow();
    window.reset([line(1), line(5)], { hasOlder: false, hasNewer: false });
    window.append([line(3)]);
    expect(times(window)).toEqual([1, 3, 5]);
  });

  it('leaves a line from before the window to paging while older ones are not loaded', () => {
    const window = new LineWindow();
    window.reset(lines(10, 12), { hasOlder: true, hasNewer: false, olderCursor: 'c' });
    window.append([line(4), line(13)]);
    expect(times(window)).toEqual([10, 11, 12, 13]);
    expect(window.prepend([line(4), line(9)], undefined)).toBe(2);
    expect(times(window)).toEqual([4, 9, 10, 11, 12, 13]);
  });

  it('lets go of the oldest beyond its limit and pages them again', () => {
    const window = new LineWindow(5);
    window.reset(lines(1, 5), { hasOlder: false, hasNewer: false });
    expect(window.append(lines(6, 8))).toBe(3);
    expect(times(window)).toEqual([4, 5, 6, 7, 8]);
    expect(window.hasOlder).toBe(true);
    expect(window.olderCursor).toBeUndefined();
    window.prepend(lines(1, 4), undefined);
    expect(times(window)).toEqual([1, 2, 3, 4, 5]);
    expect(window.hasNewer).toBe(true);
  });

  it('keeps to its limit under a flood', () => {
    const window = new LineWindow(1000);
    for (let from = 1; from < 60_000; from += 500) window.append(lines(from, from + 499));
    expect(window.rows.length).toBe(1000);
    expect(window.newest?.time).toBe(60_000);
  });

  it('shows left out lines as a gap and fills it in their place', () => {
    const window = new LineWindow();
    window.append(lines(1, 2));
    window.append(lines(8, 9), 5);
    expect(times(window)).toEqual([1, 2, -5, 8, 9]);
    const gap = window.rows.find(isGap)!;
    window.fill(gap.id, lines(2, 4), false);
    expect(times(window)).toEqual([1, 2, 3, 4, -3, 8, 9]);
    window.fill(gap.id, lines(4, 9), true);
    expect(times(window)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('joins gaps that nothing parts', () => {
    const window = new LineWindow();
    window.append(lines(1, 1));
    window.append([], 3);
    window.append([line(9)], 4);
    expect(times(window)).toEqual([1, -7, 9]);
  });

  it('stays in order of time and without doubles, for any order of arrival', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 10 })), (batches) => {
        const window = new LineWindow(20);
        for (const batch of batches) window.append(batch.map((time) => line(time)));
        const shown = times(window);
        expect(shown).toEqual([...new Set(shown)].sort((a, b) => a - b));
        expect(shown.length).toBeLessThanOrEqual(20);
      }),
    );
  });
});
