import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readWords } from '../../src-main/locale-files.ts';
import { AUDIT_ACTIONS } from '../../src-preload/contract/audit.ts';
import { DROP_REASONS } from '../../src-preload/contract/receiver.ts';
import type { Language } from '../../src-preload/contract/words.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function keysOf(language: Language): Set<string> {
  const keys = new Set<string>();
  const walk = (node: unknown, path: string): void => {
    if (typeof node === 'object' && node !== null)
      for (const [name, child] of Object.entries(node)) walk(child, path === '' ? name : `${path}.${name}`);
    else keys.add(path);
  };
  walk(readWords(`${root}/resources`, language), '');
  return keys;
}

/** Message keys as the sources write them: `key: 'area.name'`, and with a part filled in as a prefix and an ending. */
const written = globSync('src-main/**/*.ts', { cwd: root }).flatMap((file) => {
  const source = readFileSync(`${root}/${file}`, 'utf8');
  return [
    ...source.matchAll(
      /\bkey(?:: |\s*=\s*|:\s*[^'`,;{}]*\? )(['`])([a-z][\w.${}]*\.[\w.${}]*)\1(?:\s*:\s*(['`])([a-z][\w.${}]+)\3)?/g,
    ),
  ].flatMap(([, , first, , second]) =>
    [first, second].filter((key) => key !== undefined).map((key) => ({ file, key })),
  );
});

describe.each(['en', 'ja'] as const)(
  'Every message of the engine and the terminal has words in %s',
  (language) => {
    const keys = keysOf(language);
    it('by a name of the contract', () => {
      const named = [
        ...AUDIT_ACTIONS.map((action) => `audit.action.${action}`),
        ...DROP_REASONS.map((reason) => `receiver.drop.${reason}`),
      ];
      expect(named.filter((key) => !keys.has(key))).toEqual([]);
    });
    it('by its key', () => {
      expect(written.length).toBeGreaterThan(30);
      const missing = written.filter(({ key }) => {
        if (!key.includes('${')) return !keys.has(key);
        const pattern = new RegExp(`^${key.replaceAll('.', '\\.').replaceAll(/\$\{[^}]*\}/g, '.+')}$`);
        return ![...keys].some((known) => pattern.test(known));
      });
      expect(missing).toEqual([]);
    });
  },
);
