import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  foldCase,
  matchesWords,
  MAX_HITS_PER_LINE,
  mergeSpans,
  parseTextQuery,
  wordFinder,
} from '../../../../src-renderer/views/logs/query.ts';

describe('query text', () => {
  it('splits into words, phrases and excluded terms', () => {
    expect(parseTextQuery('order "timed out" -healthz -"no user" x')).toEqual({
      wanted: ['order', 'timed out', 'x'],
      unwanted: ['healthz', 'no user'],
    });
  });

  it('takes an unclosed quote to the end and ignores a lone dash', () => {
    expect(parseTextQuery('- "timed out').wanted).toEqual(['timed out']);
  });

  it('matches whatever the case and refuses excluded terms', () => {
    const query = parseTextQuery('FAILED -admin');
    expect(matchesWords(query, 'Failed password for root')).toBe(true);
    expect(matchesWords(query, 'Failed password for Admin')).toBe(false);
  });
});

describe('hits', () => {
  it('are found at their place, also behind a letter that grows in lower case', () => {
    const find = wordFinder(parseTextQuery('root'));
    const text = 'İİ ROOT and root';
    expect(find(text).map((span) => text.slice(span.from, span.to))).toEqual(['ROOT', 'root']);
  });

  it('are joined where they overlap', () => {
    expect(
      mergeSpans([
        { from: 3, to: 6 },
        { from: 0, to: 4 },
        { from: 8, to: 9 },
      ]),
    ).toEqual([
      { from: 0, to: 6 },
      { from: 8, to: 9 },
    ]);
  });

  it('are bounded in a line made of hits', () => {
    expect(wordFinder(parseTextQuery('a'))(`a-`.repeat(20_000)).length).toBe(MAX_HITS_PER_LINE);
  });

  it('never reach outside the text, for any text and word', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (text, word) => {
        expect(foldCase(text).length).toBe(text.length);
        for (const span of wordFinder({ wanted: [word], unwanted: [] })(text)) {
          expect(span.from).toBeGreaterThanOrEqual(0);
          expect(span.to).toBeLessThanOrEqual(text.length);
          expect(span.to).toBeGreaterThan(span.from);
        }
      }),
    );
  });
});
