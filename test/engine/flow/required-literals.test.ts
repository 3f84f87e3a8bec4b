import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isCandidate,
  LiteralGate,
  MAX_EXPRESSIONS,
} from '../../../src-main/engine/detect/intrusion/literal-gate.ts';
import { requiredLiterals } from '../../../src-main/engine/flow/required-literals.ts';
import { loadRules } from '../../../src-main/engine/detect/intrusion/rules.ts';
import { mayHideText } from '../../../src-main/engine/detect/intrusion/text-view.ts';
import { TextView } from '../../../src-main/engine/detect/intrusion/text-view.ts';

describe('required literals', () => {
  test.each([
    ['/(?:wp-admin|xmlrpc\\.php)$', ['/wp-admin', '/xmlrpc.php']],
    ['ab+c{2}defg', ['defg']],
    ['colou?r', ['color', 'colour']],
    ['jndi:(?!safe)', ['jndi:']],
    ['[ab]cd', ['acd', 'bcd']],
    ['Upper', ['upper']],
    ['xp_(?:cmdshell|reg(?:read|write\\w+|add+))', ['xp_cmdshell', 'xp_regadd', 'xp_regread', 'xp_regwrite']],
    ['lo(?:gin|c\\d|[xy]z+)al', ['loc', 'login', 'loxz', 'loyz']],
    ['lon(?:g|\\d+|e\\d)er', ['lon', 'lone', 'long']],
    ['(?:abcd\\d)+ef', ['abcd']],
  ])('literals of %s, are what every match contains', (source, expected) => {
    expect([...(requiredLiterals(source) ?? [])].sort()).toEqual(expected);
  });

  test.each([
    '',
    'a*',
    '(?:abc|\\d+)',
    '[[:alpha:]]+bc',
    '(?i)abc',
    '(a)\\1',
    '\\x41bc',
    'abc|',
    '(?!abc)',
    '(?:abc)?',
  ])('literals of %s, unknown where none is sure', (source) => {
    expect(requiredLiterals(source)).toBeUndefined();
  });
});

describe('literal gate', () => {
  test('every rule, candidate for each of its own hits', () => {
    const rules = loadRules('resources').rules.lines;
    const gate = new LiteralGate(rules.map((rule) => rule.literals()));
    let hits = 0;
    for (const [index, compiled] of rules.entries()) {
      for (const { text } of rules.flatMap(({ rule }) => rule.fixtures.hits)) {
        for (const place of compiled.rule.on) {
          const view = new TextView(place, text);
          if (compiled.find(view) === undefined) continue;
          hits += 1;
          const forms = [view.text, view.path, ...view.values];
          expect(forms.some((form) => isCandidate(gate.candidates(form), index))).toBe(true);
        }
      }
    }
    expect(hits).toBeGreaterThan(100);
  });

  test('text and bytes, answered alike', () => {
    const gate = new LiteralGate([['wp-admin'], ['nikto'], ['~']]);
    const text = '/blog/WP-Admin/x~';
    expect(gate.candidates(text)).toBe(0b101);
    expect(gate.candidatesInBytes(Buffer.from(text), 0, text.length)).toBe(0b101);
  });

  test('every literal, found wherever it stands, in any case and among others like it', () => {
    const letters = fc.string({
      unit: fc.constantFrom('a', 'b', 'A', 'B', '.', '/', ' ', '{'),
      minLength: 1,
      maxLength: 9,
    });
    const word = letters.map((text) => text.toLowerCase());
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 12 }),
        fc.array(letters, { maxLength: 12 }),
        (words, parts) => {
          const gate = new LiteralGate(words.map((literal) => [literal]));
          const text = parts.join('');
          const expected = words.reduce(
            (mask, literal, bit) => (text.toLowerCase().includes(literal) ? mask | (1 << bit) : mask),
            0,
          );
          expect(gate.candidates(text)).toBe(expected);
          // What stands around the field is not looked at.
          const framed = Buffer.from(`{ab.${text}ab/{`);
          expect(gate.candidatesInBytes(framed, 4, 4 + text.length)).toBe(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('literals beyond ASCII, suspected wherever there is such a character', () => {
    const gate = new LiteralGate([['ログイン'], ['login']]);
    expect(gate.candidates('ログインに失敗')).toBe(0b01);
    const bytes = Buffer.from('認証エラー');
    expect(gate.candidatesInBytes(bytes, 0, bytes.length)).toBe(0b01);
    expect(gate.candidates('login')).toBe(0b10);
  });

  test('letters that equal ASCII ones without case, found', () => {
    expect(new LiteralGate([['sleek']]).candidates('\u017fleek')).toBe(1);
    expect(new LiteralGate([['nik']]).candidates('ni\u212a')).toBe(1);
  });

  test('expressions without literals or beyond the bits, always candidates', () => {
    expect(isCandidate(new LiteralGate([['abc'], undefined]).candidates(''), 1)).toBe(true);
    expect(isCandidate(0, MAX_EXPRESSIONS)).toBe(true);
  });
});

test('hidden text, suspected behind any equals sign that starts as text', () => {
  const hides = (text: string): boolean => mayHideText(Buffer.from(text), 0, text.length);
  expect(hides(`/q?a=1&s=${Buffer.from('<script>').toString('base64')}`)).toBe(true);
  expect(hides('/q?s=zzzzzzzzzz')).toBe(false);
  expect(hides('/q?s=YWJj')).toBe(false);
});
