import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../../src-renderer/views/logs/regular-expression.ts';

describe('regular expression', () => {
  it('finds every match, whatever the case', async () => {
    const compiled = await compileExpression('user (admin|root)');
    if (!compiled.ok) throw new Error(compiled.problem);
    expect(compiled.find('USER admin, user root')).toEqual([
      { from: 0, to: 10 },
      { from: 12, to: 21 },
    ]);
  });

  it('says what is wrong with an invalid one', async () => {
    const compiled = await compileExpression('user (admin');
    expect(compiled.ok).toBe(false);
    if (!compiled.ok) expect(compiled.problem).not.toBe('');
  });

  it('stays quick on a pattern that hangs a backtracking engine', async () => {
    const compiled = await compileExpression('(x+x+)+y');
    if (!compiled.ok) throw new Error(compiled.problem);
    const started = performance.now();
    expect(compiled.test('x'.repeat(5000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
