import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitLines } from '../../../src-main/engine/flow/line-batch.ts';
import { ParsedBatch } from '../../../src-main/engine/flow/parsed-batch.ts';
import { createMasker } from '../../../src-main/engine/parse/mask.ts';
import { parseLines } from './parse-text.ts';

const masker = createMasker({ secrets: true, users: false, key: 'k' });

function mask(text: string): string {
  return masker.preview(text).text;
}

function storedLines(batch: ParsedBatch, by = masker): string[] {
  const { text, textEnds } = by.maskBatch(batch);
  return Array.from(textEnds, (end, line) =>
    Buffer.from(text.subarray(textEnds[line - 1] ?? 0, end)).toString(),
  );
}

/** A card number that passes every check, made here so that none stands in the sources. */
function cardNumber(prefix: string, length: number): string {
  const body = prefix.padEnd(length - 1, '7');
  for (let digit = 0; digit < 10; digit += 1) {
    const sum = `${body}${digit}`
      .split('')
      .toReversed()
      .reduce((total, character, index) => {
        const value = Number(character) * (index % 2 === 0 ? 1 : 2);
        return total + (value > 9 ? value - 9 : value);
      }, 0);
    if (sum % 10 === 0) return `${body}${digit}`;
  }
  throw new Error('unreachable');
}

describe('secrets are masked', () => {
  const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.c2lnbmF0dXJl`;
  test.each([
    ['GET /login?user=a&password=hunter2&x=1', 'GET /login?user=a&password=[masked:password]&x=1'],
    ['GET /cb?access_token=ab12cd34ef HTTP/1.1', 'GET /cb?access_token=[masked:token] HTTP/1.1'],
    ['next=%2Fcb%3Fapi_key%3Dab12cd34%26x%3D1', 'next=%2Fcb%3Fapi_key%3D[masked:key]%26x%3D1'],
    ['{"user":"a","Password":"a \\"b\\" c","n":1}', '{"user":"a","Password":"[masked:password]","n":1}'],
    [
      '{"body":"{\\"clientSecret\\":\\"s3cret\\",\\"a\\":1}"}',
      '{"body":"{\\"clientSecret\\":\\"[masked:secret]\\",\\"a\\":1}"}',
    ],
    ["{'passwd': 'abc'}", "{'passwd': '[masked:password]'}"],
    ['db_pass = s3cret;', 'db_pass = [masked:password];'],
    ['user[password]=x1y2', 'user[password]=[masked:password]'],
    ['password: hunter2', 'password: [masked:password]'],
    ['Driver=x;UID=sa;PWD=/s3cret;USER=a', 'Driver=x;UID=sa;PWD=[masked:password];USER=a'],
    ['pwd=/s3cret ; USER=a', 'pwd=[masked:password] ; USER=a'],
    ['Authorization: Bearer abcdef0123456789xyz', 'Authorization: Bearer [masked:authorization]'],
    ['"authorization":"Basic dXNlcjpwYXNz"', '"authorization":"Basic [masked:authorization]"'],
    ['sent bearer abcdef0123456789xyz to upstream', 'sent bearer [masked:token] to upstream'],
    ['Cookie: a=1; b=2', 'Cookie: [masked:cookie]'],
    ['"set-cookie":"id=abc; Path=/","x":1', '"set-cookie":"[masked:cookie]","x":1'],
    ['/a;jsessionid=0123456789ABCDEF?x=1', '/a;jsessionid=[masked:session]?x=1'],
    [`jwt ${jwt} end`, 'jwt [masked:token] end'],
    ['key AKIAABCDEFGHIJKLMNOP used', 'key [masked:key] used'],
    ['aws_secret_access_key=wJalrXUtnFEMIK7MDENG', 'aws_secret_access_key=[masked:secret]'],
    [`clone https://bob:s3cr:et@git.example/x`, 'clone https://bob:[masked:password]@git.example/x'],
    [`paid with ${cardNumber('4', 16)}.`.replace(/\.$/, ' ok'), 'paid with [masked:card] ok'],
    [`"pan":"${cardNumber('37', 15)}"`, '"pan":"[masked:card]"'],
    [`card ${(cardNumber('51', 16).match(/.{4}/g) ?? []).join(' ')}`, 'card [masked:card]'],
    [
      '-----BEGIN RSA PRIVATE KEY-----MIIabc-----END RSA PRIVATE KEY-----',
      '-----BEGIN RSA PRIVATE KEY-----[masked:key]-----END RSA PRIVATE KEY-----',
    ],
    [
      'x\n-----BEGIN PRIVATE KEY-----\nMIIabc+/=\nabc=\n-----END PRIVATE KEY-----\ny',
      'x\n-----BEGIN PRIVATE KEY-----\n[masked:key]\n[masked:key]\n-----END PRIVATE KEY-----\ny',
    ],
  ])('%s', (line, expected) => {
    expect(mask(line)).toBe(expected);
  });

  test('whatever their place in the text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z /]{0,20}$/), (before) => {
        expect(mask(`${before} token=ab12cd34ef`)).toBe(`${before} token=[masked:token]`);
        expect(mask(`${before} ${cardNumber('4', 16)}`)).toBe(`${before} [masked:card]`);
      }),
    );
  });
});

describe('what is no secret stays', () => {
  test.each([
    'Failed password for root from 192.0.2.1 port 22 ssh2',
    "Access denied for user 'root'@'192.0.2.1' (using password: YES)",
    'pam_unix(sshd:session): session opened for user bob',
    'Invalid token: unexpected end of input',
    'password: authentication failed',
    'max_tokens=4096 total_tokens: 17',
    '{"password":null,"token":"","secret":"***","apiKey":"${API_KEY}"}',
    'bypass=1 compass: north',
    'cache key=item:3347',
    'basic auth required',
    'order 4111111111111112 shipped',
    'id 1711741827123456 at 1711741827123',
    'trace 4a4111111111111111',
    'mail to bob@example.com about http://example.com/a:b',
    '2026-11-21 10:00:00 2026-11-22 10:00:00',
    'PRIMARY KEY (id)',
    'mia : TTY=pts/0 ; PWD=/home/mia/Old files ; USER=root ; COMMAND=/usr/bin/id',
    '[masked:token] token=[masked:token]',
  ])('%s', (line) => {
    expect(mask(line)).toBe(line);
  });
});

describe('a batch', () => {
  test('without secrets keeps every byte of every line', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 20 }), (parts) => {
        const quiet = parts.map((part) => Buffer.from(part.map((byte) => (byte % 2 === 0 ? byte : 120))));
        const bytes = Buffer.concat(quiet.flatMap((part) => [part, Buffer.from('\n')]));
        const batch = new ParsedBatch(splitLines('s', 1, 0, bytes));
        const { text, textEnds } = masker.maskBatch(batch);
        for (let line = 0; line < batch.count; line += 1) {
          const stored = Buffer.from(text.subarray(textEnds[line - 1] ?? 0, textEnds[line]));
          expect(stored.equals(bytes.subarray(batch.starts[line], batch.ends[line]))).toBe(true);
        }
      }),
    );
  });

  test('tells masked lines and leaves the others alone', () => {
    const lines = ['plain', 'a token=ab12cd34ef b', '', 'secret=one1 secret=two2', 'end'];
    const batch = parseLines(lines);
    expect([...masker.maskBatch(batch).changed]).toEqual([0, 1, 0, 1, 0]);
    expect(storedLines(batch)).toEqual([
      'plain',
      'a token=[masked:token] b',
      '',
      'secret=[masked:secret] secret=[masked:secret]',
      'end',
    ]);
  });

  test('never throws and keeps the number of lines, whatever the bytes', () => {
    const words = fc.constantFrom(
      'password',
      '=',
      ':',
      '"',
      'token',
      'Bearer ',
      'eyJh',
      '@',
      '://',
      '-----BEGIN PRIVATE KEY-----',
      '\n',
      '4111 1111 1111 1111',
      '%3D',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 5 }))), (parts) => {
        const batch = new ParsedBatch(splitLines('s', 1, 0, Buffer.from(parts.join(''))));
        expect(masker.maskBatch(batch).textEnds).toHaveLength(batch.count);
      }),
    );
  });

  test('a line of 10 MB full of openings takes linear time', () => {
    const line = 'password="'.repeat(1_000_000);
    const batch = parseLines([line]);
    expect(masker.maskBatch(batch).textEnds).toHaveLength(1);
  }, 10_000);
});

describe('user names', () => {
  const byUser = createMasker({ secrets: true, users: true, key: 'k' });
  const line = (user: string): string =>
    `192.0.2.1 - ${user} [21/Nov/2026:09:00:00 +0000] "GET /home/${user}/x HTTP/1.1" 200 5`;

  test('become the same pseudonym everywhere, another with another key', () => {
    const [a, b] = storedLines(parseLines([line('alice'), line('alice')]), byUser);
    expect(a).toBe(b);
    expect(a).toMatch(/^192\.0\.2\.1 - (user-[0-9a-f]{6}) .*\/home\/\1\/x/);
    expect(a).not.toContain('alice');
    const other = createMasker({ secrets: true, users: true, key: 'other' });
    expect(storedLines(parseLines([line('alice')]), other)[0]).not.toBe(a);
  });

  test('stay when masking of users is off', () => {
    expect(storedLines(parseLines([line('alice')]))).toEqual([line('alice')]);
  });

  test('are found in JSON, escapes included', () => {
    const [text] = storedLines(parseLines(['{"user":"a\\"lice","msg":"hi"}']), byUser);
    expect(text).toMatch(/^\{"user":"user-[0-9a-f]{6}","msg":"hi"\}$/);
  });
});
