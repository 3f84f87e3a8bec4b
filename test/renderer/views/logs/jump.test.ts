import { describe, expect, it } from 'vitest';
import { findRow, jumpTest, MAX_ROWS_LOOKED_AT } from '../../../../src-renderer/views/logs/jump.ts';
import { line, lines } from './lines.ts';

const never = (): boolean => false;

describe('jump', () => {
  const rows = [
    line(1, 'a', 2),
    line(2),
    line(3, 'b', 4),
    { id: 'gap:1', time: 3, missing: 5, from: 3 },
    line(9, 'c', 3),
  ];

  it('finds the next error or worse in either direction', () => {
    expect(findRow(rows, 2, -1, jumpTest('error', never))).toEqual({ kind: 'found', index: 0 });
    expect(findRow(rows, 3, 1, jumpTest('error', never))).toEqual({ kind: 'found', index: 4 });
  });

  it('does not skip a gap: what is in it is not known', () => {
    expect(findRow(rows, 0, 1, jumpTest('error', never))).toEqual({ kind: 'unknown', index: 2 });
  });

  it('tells warnings from errors', () => {
    expect(findRow(rows, 0, 1, jumpTest('warning', never))).toEqual({ kind: 'found', index: 2 });
  });

  it('says so when the window ends', () => {
    expect(findRow(rows, 4, 1, jumpTest('hit', never))).toEqual({ kind: 'none' });
  });

  it('gives up after a bounded number of rows', () => {
    const many = lines(1, MAX_ROWS_LOOKED_AT + 10);
    expect(findRow(many, 0, 1, never).kind).toBe('unknown');
  });
});
