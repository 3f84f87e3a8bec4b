import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plain, parseLines } from '../parse-text.ts';

/** A quoted field read byte by byte: what a backslash stands before ends nothing, nor does a quote within a word. */
function quoted(text: string, start: number): { value: string; next: number } {
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"' && (at + 1 === text.length || text[at + 1] === ' '))
      return { value: text.slice(start, at), next: at + 1 };
  }
  return { value: text.slice(start), next: text.length + 1 };
}

const shown = (value: string): string | undefined => (value === '' || value === '-' ? undefined : value);

test('referer and agent, the same as read byte by byte, whatever quotes and backslashes stand in them', () => {
  const field = fc.string({ unit: fc.constantFrom('a', '\\', '"', ' ', '-', 'é'), maxLength: 14 });
  fc.assert(
    fc.property(fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 8 }), (fields) => {
      const rests = fields.map(([referer, agent]) => `"${referer}" "${agent}"`);
      const batch = parseLines(
        rests.map((rest) => `192.0.2.7 - - [21/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 5 ${rest}`),
      );
      for (const [line, rest] of rests.entries()) {
        const referer = quoted(rest, 1);
        const opens = rest.slice(referer.next, referer.next + 2) === ' "';
        const agent = opens ? quoted(rest, referer.next + 2).value : '';
        const { referer: gotReferer, agent: gotAgent } = plain(batch, line);
        expect([gotReferer, gotAgent]).toEqual([shown(referer.value), shown(agent)]);
      }
    }),
    { numRuns: 500 },
  );
});
