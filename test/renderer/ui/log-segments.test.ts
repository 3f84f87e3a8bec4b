import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIpv6, segmentsOf, visibleText } from '../../../src-renderer/ui/log-segments.ts';

function addresses(text: string): string[] {
  return segmentsOf(text, [])
    .filter((segment) => segment.kind === 'address')
    .map((segment) => segment.text);
}

describe('segments of a line', () => {
  it('find addresses of both families', () => {
    expect(addresses('from 203.0.113.42 port 22')).toEqual(['203.0.113.42']);
    expect(addresses('client 2001:db8:5a::17, next ::ffff:192.0.2.1')).toEqual([
      '2001:db8:5a::17',
      '::ffff:192.0.2.1',
    ]);
  });

  it('take neither a time, a MAC address nor a version for an address', () => {
    expect(addresses('10:42:17 52:54:00:12:34:56 v1.2.3.4.5 999.1.1.1')).toEqual([]);
    expect(isIpv6('10:42:17')).toBe(false);
    expect(isIpv6('::')).toBe(false);
  });

  it('mark keys and error states', () => {
    const kinds = segmentsOf('"GET / HTTP/1.1" 504 0 order_id=A', []).map((s) => [s.text, s.kind]);
    expect(kinds).toContainEqual(['504', 'serverError']);
    expect(kinds).toContainEqual(['order_id=', 'key']);
    expect(kinds).toContainEqual(['A', 'plain']);
  });

  it('overlay hits upon tokens', () => {
    const segments = segmentsOf('from 203.0.113.42', [{ from: 3, to: 8 }]);
    expect(segments).toEqual([
      { text: 'fro', kind: 'plain', hit: false },
      { text: 'm ', kind: 'plain', hit: true },
      { text: '203', kind: 'address', hit: true },
      { text: '.0.113.42', kind: 'address', hit: false },
    ]);
  });

  it('joined are the line again, for any line', () => {
    const unit = fc.constantFrom('1', '.', ':', 'a', '=', '"', ' ', '504', '::', 'é', '<b>');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 200 }), fc.nat(50), fc.nat(20), (text, from, size) => {
        const hit = { from, to: from + size + 1 };
        const joined = segmentsOf(text, [hit])
          .map((segment) => segment.text)
          .join('');
        expect(joined).toBe(text);
      }),
    );
  });

  it('are quick on a long line made to be slow', () => {
    const started = performance.now();
    for (const unit of ['1.', ':', 'a', 'f:', '1']) segmentsOf(unit.repeat(20_000 / unit.length), []);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('visible text', () => {
  it('shows what would hide or reverse, and keeps every place', () => {
    const hostile = 'a\u001b[2Jb\u202egnp.exe\u0000\nc\td';
    const shown = visibleText(hostile);
    expect(shown.length).toBe(hostile.length);
    expect(shown).toBe('a\u241b[2Jb\ufffdgnp.exe\u2400\u240ac d');
  });
});
