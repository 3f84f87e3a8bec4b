import { describe, expect, it } from 'vitest';
import type { LogSource } from '../../../src-preload/contract/log-sources.ts';
import { parseQuery } from '../../../src-preload/contract/query/parse.ts';
import { complete, type CompletionSources } from '../../../src-main/engine/api/complete.ts';

const source: LogSource = {
  id: '/var/log/nginx/access.log',
  path: '/var/log/nginx/access.log',
  kind: 'file',
  logClass: 'access',
  origin: 'found',
  enabled: true,
  state: 'ok',
  lines: 1,
};
const values: Record<string, string[]> = { user: ['hana', 'o brien', '管理者'], status: ['200', '503'] };
const known: CompletionSources = {
  names: async () => ['user', 'order_id', 'level', 'two words'].map((value) => ({ value, lines: 3 })),
  values: async (name) => (values[name] ?? []).map((value, index) => ({ value, lines: 9 - index })),
  sources: () => [source],
};

async function offered(typed: string): Promise<string[]> {
  const { items } = await complete(typed, typed.length, known);
  return items.map(({ text }) => text);
}

describe('Completion', () => {
  it.each<[string, string[]]>([
    ['us', ['user:']],
    ['timeout -us', ['user:']],
    ['order', ['order_id:']],
    ['two', []],
    ['level:e', ['level:error', 'level:notice', 'level:debug']],
    ['(class:a', ['class:access', 'class:audit', 'class:application']],
    ['source:', ['source:"/var/log/nginx/access.log"']],
    ['user:', ['user:hana', 'user:"o brien"', 'user:管理者']],
    ['user:管', ['user:管理者']],
    ['ip:x', []],
  ])('of %j', async (typed, expected) => {
    expect((await offered(typed)).sort()).toEqual([...expected].sort());
  });

  it('offers every field of the language where nothing is typed', async () => {
    expect(await offered('a ')).toEqual(expect.arrayContaining(['level:', 'status:', 'trace:']));
  });

  it('offers values that are queries as they stand, and says where they go', async () => {
    for (const typed of ['user:', 'level:', 'time:', 'format:']) {
      for (const text of await offered(typed)) expect([text, parseQuery(text).ok]).toEqual([text, true]);
    }
    expect(await complete('-user:ha more', 8, known)).toMatchObject({ from: 1, to: 8 });
  });
});
