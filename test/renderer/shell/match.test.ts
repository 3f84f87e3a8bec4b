import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../src-renderer/shell/palette/entries.ts';
import { matchText, queryOf } from '../../../src-renderer/shell/palette/match.ts';

const marked = (text: string, query: string): string[] | undefined =>
  matchText(text, queryOf(query))?.spans.map(({ from, to }) => text.slice(from, to));

describe('what is typed in the palette', () => {
  it('finds a part of an address and marks it', () => {
    expect(marked('203.0.113.42', '203.0')).toEqual(['203.0']);
  });

  it('finds Japanese inside a word', () => {
    expect(marked('直近 24 時間のセキュリティレポートを作る', 'レポート')).toEqual(['レポート']);
  });

  it('finds what an input method left in full width', () => {
    expect(marked('203.0.113.42', '２０３')).toEqual(['203']);
  });

  it('finds words in any order, and nothing when one is missing', () => {
    expect(marked('Make a security report', 'report security')).toEqual(['security', 'report']);
    expect(marked('Make a security report', 'report zzz')).toBeUndefined();
  });

  it('finds letters in order from the beginning of a word, not from within one', () => {
    expect(marked('Run the diagnosis', 'rtd')).toEqual(['R', 't', 'd']);
    expect(marked('Diagnosis', 'gs')).toBeUndefined();
  });

  it('puts a beginning before a word, a word before an inside, an inside before scattered letters', () => {
    const score = (text: string): number => matchText(text, 'log')?.score ?? -1;
    const texts = ['Log sources', 'Read log', 'Catalogue', 'Leave one going'];
    const scores = texts.map(score);
    expect([...scores].sort((a, b) => b - a)).toEqual(scores);
    expect(new Set(scores).size).toBe(texts.length);
  });

  it('of two that fit alike puts the shorter first', () => {
    expect(matchText('Logs', 'log')?.score).toBeGreaterThan(matchText('Logs of a year', 'log')?.score ?? 0);
  });

  it('marks parts of the text that are in order and do not overlap, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, typed) => {
        let at = 0;
        for (const { from, to } of matchText(text, queryOf(typed))?.spans ?? []) {
          expect(from).toBeGreaterThanOrEqual(at);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(text.length);
          at = to;
        }
      }),
    );
  });

  it('is asked of one kind by its first character, also in full width', () => {
    expect(scopeOf('>restart')).toEqual({ scope: 'actions', rest: 'restart' });
    expect(scopeOf(' @auth')).toEqual({ scope: 'sources', rest: 'auth' });
    expect(scopeOf('＃sql')).toEqual({ scope: 'rules', rest: 'sql' });
    expect(scopeOf('a > b')).toEqual({ scope: 'all', rest: 'a > b' });
  });
});
