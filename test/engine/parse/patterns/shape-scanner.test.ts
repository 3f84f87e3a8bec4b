import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ShapeScanner } from '../../../../src-main/engine/parse/patterns/shape-scanner.ts';
import { EMPTY, VALUE } from '../../../../src-main/engine/parse/patterns/template-token.ts';

function shapeOf(line: string | Buffer): { text: string; hash: string } {
  const bytes = Buffer.from(line);
  const scanner = new ShapeScanner();
  scanner.scan(bytes, 0, bytes.length);
  const text = scanner.tokens(bytes).join('').replaceAll(VALUE, '<*>').replaceAll(EMPTY, '');
  return { text, hash: `${scanner.high} ${scanner.low}` };
}

describe('shape of a line', () => {
  test.each([
    ['order 4711 filled', 'order <*> filled'],
    ['from 10.0.0.1:50010 to fe80::1', 'from <*> to <*>'],
    ['peers 10.0.0.1, 10.0.0.2, 10.0.0.3 lost', 'peers <*> lost'],
    ['took 12 ms', 'took <*>'],
    ['took 3.5 seconds.', 'took <*>.'],
    ['sent 7426 bytes (7.25 KB) in 3 s', 'sent <*> in <*>'],
    ['sent 12 bytes in <1 sec', 'sent <*> in <*>'],
    ['at Mon Jun 20 03:40:59 2005 closed', 'at <*> closed'],
    ['open /var/log/syslog failed', 'open <*> failed'],
    ['get https://example.com/a?b=c&d=e failed', 'get <*> failed'],
    ['load C:\\Windows\\System32\\x.dll failed', 'load <*> failed'],
    ['token 3f2c9a7e-1b2d-4c3e-9f00-aabbccddeeff ok', 'token <*> ok'],
    ['mail from alice@example.com', 'mail from <*>'],
    ['enabled=true ready: false', 'enabled=<*> ready: <*>'],
    ['call init() done', 'call init() done'],
    ['mode read/write', 'mode read/write'],
    ['注文 4711 を受け付けました', '注文 <*> を受け付けました'],
    ['注文番号12345の処理が完了しました。', '注文番号<*>の処理が完了しました。'],
    ['処理件数は１２３４件、残り 5 件', '処理件数は<*>件、残り <*> 件'],
    ['ホスト：db3（再試行2回目）', 'ホスト：<*>（再試行<*>回目）'],
    ['佐々木様の代々木〇丁目', '佐々木様の代々木〇丁目'],
    ['读取3个文件失败', '读取<*>个文件失败'],
    ['ファイル/home/文書/a.txtを開けません', 'ファイル<*>を開けません'],
    ['/var/data/1.csvを読み取り/書き込み', '<*>を読み取り/書き込み'],
    ['CPU/メモリ使用率', 'CPU/メモリ使用率'],
    ['alice@example.comへ送信OK', '<*>へ送信OK'],
    ['café 3 ouvert', 'café <*> ouvert'],
    ['  \t spaces   run \t together  ', 'spaces run together'],
    ['', ''],
  ])('%s', (line, shape) => expect(shapeOf(line).text).toBe(shape));

  test('what differs only in values has one hash, what differs in a word has another', () => {
    expect(shapeOf('user 1 in').hash).toBe(shapeOf('user 99 in').hash);
    expect(shapeOf('user 1 in').hash).not.toBe(shapeOf('user 1 out').hash);
    expect(shapeOf('a b').hash).not.toBe(shapeOf('b a').hash);
  });

  test('same hash and same shape are one: over any lines of words and values', () => {
    const seen = new Map<string, string>();
    const word = fc.constantFrom(
      'open',
      'close',
      '7',
      '10.0.0.1',
      'a=b',
      '()',
      '-',
      ':',
      'x.',
      '/p/q',
      '"w"',
      '第7回「完了」',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        const { text, hash } = shapeOf(words.join(' '));
        expect(seen.get(hash) ?? text).toBe(text);
        seen.set(hash, text);
      }),
      { numRuns: 2000 },
    );
  });

  test('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6000 }), (bytes) => {
        expect(shapeOf(Buffer.from(bytes)).text.length).toBeLessThan(50_000);
      }),
    );
  });

  test.each([' ', '=', '(', '.', '/', 'a', '1', '"', '1 ', 'a ', '() ', 'x=', ':1'])(
    'a megabyte of %j takes a time that no one notices, and gives a bounded shape',
    (unit) => {
      const bytes = Buffer.from(unit.repeat(Math.ceil((1 << 20) / unit.length)));
      const scanner = new ShapeScanner();
      const before = performance.now();
      for (let round = 0; round < 20; round += 1) scanner.scan(bytes, 0, bytes.length);
      expect(performance.now() - before).toBeLessThan(200);
      expect(scanner.tokens(bytes).length).toBeLessThan(200);
    },
  );
});
