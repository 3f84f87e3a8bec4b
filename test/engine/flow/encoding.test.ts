import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detectEncoding, firstLineEnd, lastLineEnd } from '../../../src-main/engine/flow/encoding.ts';
import { encoded } from './encoded-text.ts';

const TEXTS = [
  '2026-11-21 18:00:00 [エラー] 接続に失敗しました: タイムアウト\n',
  '11月21日 18:00 ログイン失敗 利用者=山田\n',
  'WARN 注文番号 1234 の在庫が不足しています。\n',
];

describe('encoding found by the bytes', () => {
  test.each(['utf-8', 'shift_jis', 'euc-jp', 'utf-16le', 'utf-16be'] as const)(
    '%s, one line is enough',
    (encoding) => {
      for (const text of TEXTS) expect(detectEncoding(encoded(text, encoding), true)).toBe(encoding);
    },
  );

  test('nothing is decided while there is only ASCII', () => {
    expect(detectEncoding(Buffer.from('2026-11-21 09:00:00 INFO started\n'), true)).toBeUndefined();
  });

  test.each([
    ['utf-8', [0xef, 0xbb, 0xbf]],
    ['utf-16le', [0xff, 0xfe]],
    ['utf-16be', [0xfe, 0xff]],
  ] as const)('a byte order mark decides: %s', (encoding, mark) => {
    expect(detectEncoding(Buffer.from([...mark, ...encoded('ok', encoding)]), true)).toBe(encoding);
  });

  test('ASCII in UTF-16 without a mark', () => {
    expect(detectEncoding(encoded('10:00 ok\n', 'utf-16le'), true)).toBe('utf-16le');
    expect(detectEncoding(encoded('10:00 ok\n', 'utf-16be'), true)).toBe('utf-16be');
  });

  test.each([
    ['Latin letters', Buffer.from('caf\xe9 d\xe9j\xe0 vu na\xefve\n', 'latin1')],
    ['what a scanner sent', Buffer.from('GET /\x81\xff\xfe\x00\xe9 \xc0\xaf HTTP\n', 'latin1')],
    ['a hole left by truncation', Buffer.concat([Buffer.alloc(300), Buffer.from('line\n')])],
  ])('%s is not taken for Japanese', (_, bytes) => {
    expect(detectEncoding(bytes, true) ?? 'utf-8').toBe('utf-8');
  });

  test('a character cut off by the end of a sample does not matter', () => {
    const bytes = encoded('ログイン失敗', 'utf-8');
    for (let end = 4; end <= bytes.length; end += 1)
      expect(detectEncoding(bytes.subarray(0, end), true)).toBe('utf-8');
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void detectEncoding(bytes, true)));
  });
});

describe('newlines of UTF-16', () => {
  // U+0A00 … U+0AFF and U+xx0A hold the byte of a newline without being one.
  const text = '\u0a0a\u0a41\u410a a\n\u300ab\n\u0a00';

  test.each(['utf-16le', 'utf-16be'] as const)(
    '%s: only whole ones count, wherever the bytes begin',
    (encoding) => {
      const bytes = encoded(text, encoding);
      const first = text.indexOf('\n') * 2 + 2;
      const last = text.lastIndexOf('\n') * 2 + 2;
      expect(firstLineEnd(bytes, 0, encoding)).toBe(first);
      expect(lastLineEnd(bytes, 0, encoding)).toBe(last);
      expect(lastLineEnd(bytes.subarray(0, last - 1), 0, encoding)).toBe(first);
      expect(firstLineEnd(bytes.subarray(3), 3, encoding)).toBe(first - 3);
    },
  );
});
