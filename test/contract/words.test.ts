import { describe, expect, it } from 'vitest';
import { readWords } from '../../src-main/locale-files.ts';
import { languageOf, parseWords, sentence } from '../../src-preload/contract/words.ts';

const words = parseWords(
  JSON.stringify({
    time: { duration: { minutes: '{n} min' } },
    alert: { value: '{value} for {spanMs}', many: '{n} alert | {n} alerts', at: "mail{'@'}desk" },
    severity: { critical: 'Critical' },
    worst: 'Worst: {severity}',
    hit: 'Attack: {types}, {event}',
    threats: { type: { sqli: 'SQL injection' }, event: { probe: 'probing' } },
  }),
);
const say = (key: string, parameters: Record<string, string | number> = {}): string =>
  sentence(words, 'en', { key, parameters });

describe('The sentence of a message', () => {
  it('writes values in their unit and durations in words', () => {
    expect(say('alert.value', { value: 93.24, unit: 'percent', spanMs: 300_000 })).toBe('93% for 5 min');
    expect(say('alert.value', { value: 1_500_000, unit: 'bytes', spanMs: 60_000 })).toBe('1.5 MB for 1 min');
  });

  it('chooses the number of the noun, takes words for severities, types and events, and literals as they are', () => {
    expect(say('alert.many', { n: 1 })).toBe('1 alert');
    expect(say('alert.many', { n: 4 })).toBe('4 alerts');
    expect(say('worst', { severity: 'critical' })).toBe('Worst: Critical');
    expect(say('hit', { types: 'sqli, own', event: 'probe' })).toBe('Attack: SQL injection · own, probing');
    expect(say('alert.at')).toBe('mail@desk');
  });

  it('shows the key and its facts, when there are no words', () => {
    expect(say('gone.key', { path: '/a' })).toBe('gone.key path=/a');
  });

  it('does not fill in what a parameter itself says in braces', () => {
    expect(say('alert.value', { value: '{spanMs}', spanMs: 60_000 })).toBe('{spanMs} for 1 min');
  });

  it('takes nothing from the prototype', () => {
    expect(say('constructor')).toBe('constructor');
    expect(say('alert.__proto__')).toBe('alert.__proto__');
  });
});

describe('The language of a locale tag', () => {
  it.each([
    ['ja_JP.UTF-8', 'ja'],
    ['ja', 'ja'],
    ['ja-JP', 'ja'],
    ['jam', 'en'],
    ['C.UTF-8', 'en'],
    [undefined, 'en'],
  ])('%s is %s', (tag, language) => {
    expect(languageOf(tag)).toBe(language);
  });
});

describe('The locale files', () => {
  it.each(['en', 'ja'] as const)('%s hold templates and nothing else', (language) => {
    expect(() => readWords('resources', language)).not.toThrow();
  });
});
