import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { buildFilter, filterQuestion } from '../../../src-main/engine/store/block/gram-filter.ts';
import { requiredLiterals } from '../../../src-main/engine/store/read/regex-literals.ts';
import { compileQuery } from '../../../src-main/engine/store/read/query/compile.ts';
import { compileExpression, expressionPart } from '../../../src-main/engine/store/read/query/text-parts.ts';
import { makeNeedle } from '../../../src-main/engine/store/read/needle.ts';
import { unitOf } from './unit-of.ts';
import { phraseOf } from '../../../src-preload/contract/query/print.ts';
import { FailureError } from '../../../src-main/engine/flow/failure.ts';
import { framesHolding } from './frames-holding.ts';

function matches(lines: string[], text: string, regex = false): string[] {
  const query = compileQuery(text, regex, { fields: NO_FIELDS, now: 0 });
  const hits = query?.part.select(unitOf(lines), new Uint8Array(lines.length).fill(1));
  return lines.filter((_, index) => hits?.[index] === 1);
}

const NO_FIELDS = {
  placedIn: () => expect.fail('No field is asked for'),
  parse: () => expect.fail('No field is asked for'),
  describe: () => expect.fail('No field is asked for'),
};

/** Letters with unusual case partners, and some that share bytes with others. */
const letter = fc.constantFrom(
  ...Array.from('aAkKsSzZ09-._/ "éÉßẞİıſ\u212aÅå\u212bΣσςдДＡａ管理者ログイン失敗ﾛｸﾞ😀'),
);
const line = fc.array(letter, { maxLength: 30 }).map((letters) => letters.join(''));
const word = fc
  .array(letter, { minLength: 1, maxLength: 6 })
  .map((letters) => letters.join('').replaceAll('"', ''));

describe('a text search', () => {
  it('finds what a plain search without case finds, and no filter hides any of it', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), word, (lines, text) => {
        fc.pre(text.trim() !== '' && !text.startsWith('-'));
        const phrase = phraseOf(text);
        const plain = new RegExp(text.replaceAll(/[/\\^$*+?.()|[\]{}]/g, '\\$&'), 'iu');
        const expected = lines.filter((each) => plain.test(each));
        expect(matches(lines, phrase)).toEqual(expected);
        const stored = Buffer.from(lines.join(''));
        const filter = buildFilter(stored, [stored.length], { hashes: [], frames: [], addresses: 0 });
        const { parts } = makeNeedle(text);
        if (expected.length > 0) expect(framesHolding(filter, filterQuestion(parts, [])) & 1).toBe(1);
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with ripgrep -i -F on letters with unusual case', () => {
    const lines = [
      '\u212aelvin',
      'kelvin',
      'strasse',
      'Straße',
      'STRASSE',
      'ẞ',
      'ſecret',
      'SECRET',
      'Å Å å',
      '\u212bngstrom',
      'ΣΑΣ',
      'σας',
      'ДОМ',
      'дом',
      'ＡＢＣ',
      'ａｂｃ',
      'İstanbul',
      'istanbul',
      'ıssız',
      'ISSIZ',
      '管理者ログイン',
      'ﾛｸﾞ',
      'ログ',
      'É',
      'é',
      'é',
    ];
    // Line numbers as ripgrep 13 gives them, from 0.
    const found: Record<string, number[]> = {
      k: [0, 1],
      s: [2, 3, 4, 6, 7, 9, 16, 17, 18, 19],
      sec: [6, 7],
      ss: [2, 4, 18, 19],
      ß: [3, 5],
      å: [8, 9],
      σ: [10, 11],
      д: [12, 13],
      ａ: [14, 15],
      管理: [20],
      ログ: [20, 22],
      İ: [16],
      i: [0, 1, 17, 19],
      ı: [18],
      é: [23, 24, 25],
      e: [0, 1, 2, 3, 4, 6, 7],
    };
    for (const [text, numbers] of Object.entries(found)) {
      expect([text, matches(lines, text)]).toEqual([text, numbers.map((number) => lines[number])]);
    }
  });

  it('does not find what begins in one line and ends in the next', () => {
    expect(matches(['needle', 'nee', 'dle', 'neednee', 'dlex'], 'needle')).toEqual(['needle']);
  });

  it('takes words and exclusions together', () => {
    expect(matches(['a b', 'b a c', 'A'], 'a b -c')).toEqual(['a b']);
    expect(matches(['a b', 'c'], '-a')).toEqual(['c']);
    for (const nothing of ['  ', '""']) {
      expect(compileQuery(nothing, false, { fields: NO_FIELDS, now: 0 })).toBeUndefined();
    }
  });

  it('is linear for an expression that would hang a backtracking engine', () => {
    const started = performance.now();
    expect(matches([`${'x'.repeat(5000)}!`], '(x+x+)+y', true)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('says what is wrong with an expression', () => {
    expect(() => expressionPart('(')).toThrow(FailureError);
  });
});

describe('the literals of an expression', () => {
  it('are only those that every match holds', () => {
    expect(requiredLiterals('union\\s+select')).toEqual(['union', 'select']);
    expect(requiredLiterals('ab*c')).toEqual(['a', 'c']);
    expect(requiredLiterals('ab+c')).toEqual(['ab', 'c']);
    expect(requiredLiterals('a(b|c)d[ef]g\\.h')).toEqual(['a', 'd', 'g.h']);
    for (const unsure of ['a|b', '(?i)a', '\\x41b', '\\Qa|b\\E', 'a)', '[a', '\\pLx']) {
      expect([unsure, requiredLiterals(unsure)]).toEqual([unsure, []]);
    }
  });

  it('never hide a match', () => {
    const piece = fc.constantFrom(
      'a',
      'bc',
      '.',
      'x*',
      'y?',
      'z+',
      '[ab]',
      '[^c]',
      '(ab|c)',
      '(?:x)',
      '\\d',
      'k{2}',
      'a{0,1}',
      '\\.',
      '^',
      '$',
      '|',
      's',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 6 }),
        fc.array(fc.string({ unit: fc.constantFrom(...Array.from('abcxyzk\u212asſ.1')), maxLength: 12 }), {
          minLength: 1,
        }),
        (pieces, lines) => {
          let expression: RegExp;
          const text = pieces.join('');
          try {
            expression = new RegExp(text, 'iu');
          } catch {
            return;
          }
          let found: string[];
          try {
            found = matches(lines, text, true);
          } catch {
            // Valid for one engine and not for the other, e.g. a repeated start of line.
            return;
          }
          expect(found).toEqual(lines.filter((each) => expression.test(each)));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('an expression', () => {
  it('is found where the slower way to ask finds it', () => {
    const atom = fc.constantFrom(
      'a',
      'B',
      '\\d',
      '\\w',
      '\\s',
      '.',
      '[a-c]',
      '[^b]',
      'é',
      '日',
      '\\b',
      '^',
      '$',
    );
    const part = fc
      .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{2}', '+?'))
      .map(([each, often]) => (/^(?:\\b|\^|\$)$/.test(each) ? each : each + often));
    const flat = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
    const expression = fc.oneof(
      flat,
      fc.tuple(flat, flat).map(([a, b]) => `(${a}|${b})`),
      fc.tuple(flat, flat).map(([a, b]) => `(?:${a})*${b}`),
    );
    const text = fc.string({ unit: fc.constantFrom(...Array.from('aAbBc1 \n.é日k\u212a')), maxLength: 12 });
    fc.assert(
      fc.property(expression, text, (source, each) => {
        const slow = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE).matcher(each).find();
        expect(compileExpression(source)(each), `${source} in ${JSON.stringify(each)}`).toBe(slow);
      }),
      { numRuns: 3000 },
    );
  });
});
