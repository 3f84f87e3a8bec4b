import { describe, expect, it } from 'vitest';
import { ref, shallowRef } from 'vue';
import { wordFinder } from '../../../../src-renderer/views/logs/hits.ts';
import type { StreamRow } from '../../../../src-renderer/views/logs/line-window.ts';
import { foldRecords, PART, partsOf, recordHeads } from '../../../../src-renderer/views/logs/record-folds.ts';
import { useRecordFolds } from '../../../../src-renderer/views/logs/use-record-folds.ts';
import { line } from './lines.ts';

/** `a`, `b`: a line of that source; `+a`: one that goes on with it. A number before it is its time. */
function rows(...marks: string[]): StreamRow[] {
  return marks.map((mark, index) => {
    const [, time = '', more, source = ''] = /^(\d*)(\+?)(\w+)$/.exec(mark) ?? [];
    return {
      ...line(Number(time), `${source} ${index}`),
      id: `${index}`,
      sourceId: source,
      ...(more === '+' ? { continues: true } : {}),
    };
  });
}
const ids = (shown: readonly StreamRow[]): string[] => shown.map(({ id }) => id);

describe('records of several lines', () => {
  it('a record is folded to its first line, which knows how many it stands for', () => {
    const lines = rows('a', '+a', '+a', 'a', '+a', 'a');
    const shown = foldRecords(lines, recordHeads(lines), (id) => id === '0');
    expect(ids(shown.rows)).toEqual(['0', '3', '4', '5']);
    expect([...shown.parts]).toEqual([2, 1, PART, 0]);
  });

  it('lines of another source in between stay, and belong to nothing', () => {
    const lines = rows('a', 'b', '+a', '+b', '+a');
    expect([...recordHeads(lines)]).toEqual([-1, -1, 0, 1, 0]);
    const shown = foldRecords(lines, recordHeads(lines), (id) => id === '0');
    expect(ids(shown.rows)).toEqual(['0', '1', '3']);
    expect(ids(partsOf(lines, recordHeads(lines), 0))).toEqual(['2', '4']);
  });

  it('a line whose first one is not there is never folded away', () => {
    const gap: StreamRow = { id: 'gap', time: 0, missing: 4, from: 0 };
    const orphans = [...rows('+a', '+a'), gap, ...rows('+b')];
    expect([...recordHeads(orphans)]).toEqual([-1, -1, -1, -1]);
    const late = rows('0a', '5000+a');
    expect([...recordHeads(late)]).toEqual([-1, -1]);
    expect(foldRecords(late, recordHeads(late), () => true).rows).toHaveLength(2);
  });

  it('50,000 lines are gone through in a moment', () => {
    const lines = rows(...Array.from({ length: 50_000 }, (_, index) => (index % 10 === 0 ? 'a' : '+a')));
    const began = performance.now();
    expect(foldRecords(lines, recordHeads(lines), () => true).rows).toHaveLength(5000);
    expect(performance.now() - began).toBeLessThan(200);
  });
});

describe('folding records', () => {
  it('lines that come later join a folded record', () => {
    const lines = shallowRef<readonly StreamRow[]>(rows('a', '+a'));
    const folds = useRecordFolds(lines, ref(), () => () => []);
    folds.fold('0');
    lines.value = rows('a', '+a', '+a');
    expect(ids(folds.shown.value.rows)).toEqual(['0']);
    expect([...folds.shown.value.parts]).toEqual([2]);
  });

  it('a part that is selected gives way to the first line', () => {
    const selected = ref<string | undefined>('2');
    const folds = useRecordFolds(shallowRef(rows('a', '+a', '+a')), selected, () => () => []);
    folds.fold('2', true);
    expect(selected.value).toBe('0');
    expect(folds.shown.value.rows).toHaveLength(1);
  });

  it('all are folded, but for the one that was opened by itself; and opened again', () => {
    const folds = useRecordFolds(shallowRef(rows('a', '+a', 'b', '+b')), ref(), () => () => []);
    folds.foldAll(true);
    folds.fold('0', false);
    expect(ids(folds.shown.value.rows)).toEqual(['0', '1', '2']);
    folds.foldAll(false);
    expect(folds.shown.value.rows).toHaveLength(4);
  });

  it('tells of matches it hides', () => {
    const folds = useRecordFolds(shallowRef(rows('a', '+a', '+a', 'b')), ref(), () => wordFinder(['a', 'b']));
    expect(folds.hitsIn('0')).toBe(2);
  });
});
