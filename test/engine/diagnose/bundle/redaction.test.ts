import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { EXPORT_MASKS } from '../../../../src-preload/contract/limits.ts';
import { Redactor, type RedactorOptions } from '../../../../src-main/engine/diagnose/bundle/redaction.ts';

function redactor(key = 'key', options: Partial<RedactorOptions> = {}): Redactor {
  return new Redactor({
    key,
    hostName: 'TRADE-WS01.example.co.jp',
    userNames: ['sato', 'tanaka'],
    systemNames: new Set(['root', 'admin', 'www-data']),
    kinds: new Set(EXPORT_MASKS),
    addresses: 'inside',
    ...options,
    maskSecrets: (text) => {
      const masked = text.replace(/password=\S+/g, 'password=[masked:secret]');
      const spans = [...masked.matchAll(/\[masked:secret\]/g)].map((match) => ({
        from: match.index,
        to: match.index + match[0].length,
      }));
      return { text: masked, spans };
    },
  });
}

let redact: Redactor;
beforeEach(() => {
  redact = redactor();
});

describe('A redactor', () => {
  test.each([
    [
      'sshd[1]: Failed password for sato from 203.0.113.9',
      /^sshd\[1\]: Failed password for user-[0-9a-f]{8} from 203\.0\.113\.9$/,
    ],
    ['Nov 21 09:00:00 trade-ws01 kernel: x', /^Nov 21 09:00:00 host-[0-9a-f]{8} kernel: x$/],
    ['open /home/yamada/orders.csv', /^open \/home\/user-[0-9a-f]{8}\/orders\.csv$/],
    ['open C:\\Users\\yamada\\orders.csv', /^open C:\\Users\\user-[0-9a-f]{8}\\orders\.csv$/],
    ['mail to sato.taro@example.co.jp sent', /^mail to mail-[0-9a-f]{8}@redacted\.invalid sent$/],
    ['from 192.168.10.20:443', /^from 10\.\d+\.\d+\.\d+:443$/],
    ['login password=hunter2 ok', /^login password=\[masked:secret\] ok$/],
    ['Signed in: SATO.', /^Signed in: user-[0-9a-f]{8}\.$/],
  ])('takes out what is private: %s', (before, after) => {
    expect(redact.text(before)).toMatch(after);
  });

  test.each([
    'root signed in from 203.0.113.9',
    'GET /satori HTTP/1.1',
    'version 1.10.0.0.1',
    'open /home/root/x',
    '約定 7203 100株',
    '172.32.0.1 and 8.8.8.8 and 2001:db8::1',
  ])('leaves what tells nobody: %s', (text) => {
    expect(redact.text(text)).toBe(text);
  });

  test('replaces account numbers, and keeps the words before them', () => {
    expect(redact.text('account no: 1234-5678 口座番号：7654321')).toMatch(
      /^account no: account-[0-9a-f]{8} 口座番号：account-[0-9a-f]{8}$/,
    );
  });

  test('replaces outside addresses by such as belong to nobody, only where it is asked to', () => {
    const all = redactor('key', { addresses: 'all' });
    expect(
      all.text('from 203.0.113.9:443 to [2001:4860:4860::8888] at 10:42:17, 127.0.0.1, v1.2.3.4.5'),
    ).toMatch(
      /^from 2[45]\d\.\d+\.\d+\.\d+:443 to \[2001:db8::[0-9a-f:]+\] at 10:42:17, 127\.0\.0\.1, v1\.2\.3\.4\.5$/,
    );
    expect(all.address('203.0.113.9')).toBe(all.text('203.0.113.9'));
    expect(all.text(all.text('203.0.113.9'))).toBe(all.text('203.0.113.9'));
    expect(all.text('from 10.1.2.3')).toMatch(/^from 10\./);
    expect(all.text('from 10.1.2.3')).not.toBe('from 10.1.2.3');
  });

  test('leaves the kinds that are not asked for', () => {
    const text = 'sato 203.0.113.9 a@example.jp account 1234567 trade-ws01 password=x /home/yamada';
    expect(redactor('key', { kinds: new Set(), addresses: 'all' }).text(text)).toBe(
      text.replace('password=x', 'password=[masked:secret]'),
    );
    const some = redactor('key', { kinds: new Set(['email']), addresses: 'all' }).text(text);
    expect(some).toContain('sato 203.0.113.9 mail-');
    expect(some).toContain('account 1234567 trade-ws01');
  });

  test('the same name, has the same pseudonym in every text, case and bundle, and another one elsewhere', () => {
    const pseudonym = redact.user('sato');
    expect(redact.text('SATO')).toBe(pseudonym);
    expect(redactor().user('sato')).toBe(pseudonym);
    expect(redactor('another installation').user('sato')).not.toBe(pseudonym);
    expect(redact.user('tanaka')).not.toBe(pseudonym);
  });

  test('a name learnt from one place, is hidden in all others', () => {
    redact.learn('suzuki');
    expect(redact.json({ a: ['suzuki', { b: 'by suzuki' }], n: 7, t: true, z: null })).toEqual({
      a: [redact.user('suzuki'), { b: `by ${redact.user('suzuki')}` }],
      n: 7,
      t: true,
      z: null,
    });
  });

  test('what it replaced, is counted and shown, a secret never', () => {
    redact.text('sato password=hunter2 sato');
    expect(redact.counts()).toEqual([
      { kind: 'secret', count: 1 },
      { kind: 'user', count: 2 },
    ]);
    expect(JSON.stringify(redact.samples())).not.toContain('hunter2');
    expect(redact.samples()).toContainEqual({ kind: 'user', before: 'sato', after: redact.user('sato') });
  });

  test('of what it replaced, the examples differ from one another', () => {
    for (let line = 0; line < 50; line += 1) {
      const start = `Nov 21 09:00:${line} gateway app[${line}]: ${'x'.repeat(200)} signed in as user ${line},`;
      redact.text(`${start} password=hunter${line} ok`);
    }
    redact.text('GET /?password=hunter2');
    expect(redact.samples()).toEqual([
      {
        kind: 'secret',
        before: '…xxxxxxxxx signed in as user 0, password=•••• ok',
        after: '…xxxxxxxxx signed in as user 0, password=[masked:secret] ok',
      },
      { kind: 'secret', before: 'GET /?password=••••', after: 'GET /?password=[masked:secret]' },
    ]);
  });

  test('its own output, is left as it is', () => {
    const once = redact.text('sato on trade-ws01 from 192.168.1.1, sato@example.jp');
    const again = redactor();
    expect(again.text(once.replace(/10\.\d+\.\d+\.\d+/, 'x'))).toBe(once.replace(/10\.\d+\.\d+\.\d+/, 'x'));
  });

  test('known names, never leave whatever stands around them', () => {
    const around = fc.string({
      unit: fc.constantFrom(' ', '"', '/', ':', '=', '(', ',', '[', '約', "'"),
      maxLength: 5,
    });
    fc.assert(
      fc.property(
        around,
        around,
        fc.constantFrom('sato', 'Tanaka', 'TRADE-WS01', 'trade-ws01.example.co.jp'),
        (a, b, name) => {
          // A name within a word of another script is that word's part.
          fc.pre(!a.endsWith('約') && !b.startsWith('約'));
          expect(
            redactor()
              .text(a + name + b)
              .toLowerCase(),
          ).not.toContain(name.toLowerCase());
        },
      ),
    );
  });

  test('a hostile text, takes time in proportion', () => {
    for (const piece of ['a', '@', 'a@', '/home/', '10.', 'a.', '-', '192.168.']) {
      const text = piece.repeat(50_000);
      const start = performance.now();
      redactor().text(text);
      const small = performance.now() - start;
      expect(small, piece).toBeLessThan(10_000);
    }
  });
});
