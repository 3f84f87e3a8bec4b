import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'vue/compiler-sfc';
import { describe, expect, it } from 'vitest';
import { i18n, messages } from '../../src-renderer/i18n.ts';

interface WordTree {
  [key: string]: string | WordTree;
}

function flat(tree: WordTree, path = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [name, value] of Object.entries(tree)) {
    const key = path === '' ? name : `${path}.${name}`;
    if (typeof value === 'string') all.set(key, value);
    else for (const [inner, text] of flat(value, key)) all.set(inner, text);
  }
  return all;
}

const ENGLISH = flat(messages.en);
const JAPANESE = flat(messages.ja);
const parameters = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))].sort();

const SOURCES = readdirSync('src-renderer', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(vue|ts)$/.test(name))
  .map((name) => ({ name, text: readFileSync(join('src-renderer', name), 'utf8') }));

describe('locale files', () => {
  it('have the same keys in both languages', () => {
    expect([...JAPANESE.keys()].sort()).toEqual([...ENGLISH.keys()].sort());
  });

  it('have the same parameters in both languages', () => {
    const different = [...ENGLISH].filter(
      ([key, text]) => parameters(text).join() !== parameters(JAPANESE.get(key) ?? '').join(),
    );
    expect(different.map(([key]) => key)).toEqual([]);
  });

  it('hold no empty word, no exclamation mark and no "please"', () => {
    const bad = [...ENGLISH, ...JAPANESE].filter(
      ([, text]) => text.trim() === '' || /[!！]|\bplease\b/i.test(text),
    );
    expect(bad).toEqual([]);
  });

  it('hold only what the screen, the terminal and native notices read alike', () => {
    // To the screen `@` means a link to another word; `|` parts singular from plural, which only the screen knows.
    const linked = [...ENGLISH, ...JAPANESE].filter(([, text]) => text.includes('@'));
    expect(linked).toEqual([]);
    for (const language of ['en', 'ja'] as const) {
      for (const [key, text] of language === 'en' ? ENGLISH : JAPANESE) {
        const values = Object.fromEntries(parameters(text).map((name) => [name, 'x']));
        const said = i18n.global.t(key, values, { locale: language });
        expect(said, key).not.toBe(key);
        expect(said, key).not.toMatch(/[{}]/);
      }
    }
  });

  it('hold the words of every key that the window names', () => {
    const missing = SOURCES.flatMap(({ name, text }) =>
      [...text.matchAll(/\bt\(\s*'([a-zA-Z][\w.]+)'/g)]
        .filter(([, key]) => !ENGLISH.has(key ?? ''))
        .map(([, key]) => `${name}: ${key}`),
    );
    expect(missing).toEqual([]);
  });

  it('hold the words of every shortcut', () => {
    const missing = SOURCES.flatMap(({ name, text }) =>
      [...text.matchAll(/\blabel: '([a-zA-Z]+\.[\w.]+)'/g)]
        .filter(([, key]) => !ENGLISH.has(key ?? ''))
        .map(([, key]) => `${name}: ${key}`),
    );
    expect(missing).toEqual([]);
  });
});

/** Names and symbols that are the same in every language. */
const SAME_EVERYWHERE = /^(Yagura|GB|[\s\d\W]+|[×+>→:/·%()–s]+)$/;
const SPOKEN_ATTRIBUTES = new Set(['title', 'aria-label', 'placeholder', 'alt', 'label', 'meta', 'detail']);

interface TemplateNode {
  type: number;
  content?: unknown;
  children?: unknown[];
  props?: { type: number; name: string; value?: { content: string } | undefined }[];
}

function isNode(value: unknown): value is TemplateNode {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function literals(node: TemplateNode): string[] {
  const TEXT = 2;
  const ATTRIBUTE = 6;
  const own = node.type === TEXT && typeof node.content === 'string' ? [node.content] : [];
  const spoken = (node.props ?? []).flatMap((prop) =>
    prop.type === ATTRIBUTE && SPOKEN_ATTRIBUTES.has(prop.name) ? [prop.value?.content ?? ''] : [],
  );
  const below = (node.children ?? []).filter(isNode).flatMap(literals);
  return [...own, ...spoken, ...below].map((text) => text.trim()).filter((text) => /\p{L}/u.test(text));
}

describe('templates', () => {
  it('hold no text for people outside the locale files', () => {
    const found = SOURCES.filter(({ name }) => name.endsWith('.vue')).flatMap(({ name, text }) => {
      const root: unknown = parse(text).descriptor.template?.ast;
      if (!isNode(root)) return [];
      return literals(root)
        .filter((words) => !SAME_EVERYWHERE.test(words) && !words.startsWith('/'))
        .map((words) => `${name}: ${words}`);
    });
    expect(found).toEqual([]);
  });

  it('never turn text into markup, and state no colour of their own', () => {
    const found = SOURCES.flatMap(({ name, text }) => {
      const faults = text.includes('v-html') || text.includes('innerHTML') ? [`${name}: markup`] : [];
      const style = parse(text)
        .descriptor.styles.map((each) => each.content)
        .join('\n');
      return [...faults, ...(/#[0-9a-f]{3,8}\b|\brgba?\(/i.test(style) ? [`${name}: colour`] : [])];
    });
    expect(found).toEqual([]);
  });
});
