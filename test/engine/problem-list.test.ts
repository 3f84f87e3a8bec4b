import { describe, expect, it } from 'vitest';
import { ProblemList } from '../../src-main/engine/problem-list.ts';

describe('The list of problems', () => {
  it('keeps the same problem once and forgets the oldest beyond its limit', () => {
    const list = new ProblemList();
    for (let index = 0; index < 80; index += 1) {
      list.add('error', { key: 'engine.stepFailed', parameters: { index } });
      list.add('error', { key: 'engine.stepFailed', parameters: { index } });
    }
    expect(list.list()).toHaveLength(50);
    expect(list.list()[0]?.message.parameters).toEqual({ index: 30 });
  });

  it('lets mended problems of one kind go', () => {
    const list = new ProblemList();
    list.add('error', { key: 'store.failure.setAside', parameters: {} });
    list.replace('detect.', [{ key: 'detect.rule-file.pattern', parameters: {} }]);
    list.replace('detect.', []);
    expect(list.list().map(({ message }) => message.key)).toEqual(['store.failure.setAside']);
  });
});
