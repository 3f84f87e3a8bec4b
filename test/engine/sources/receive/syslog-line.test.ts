import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StampReader } from '../../../../src-main/engine/parse/stamp.ts';
import { createLabelFinder } from '../../../../src-main/engine/sources/receive/labels.ts';
import { syslogLine } from '../../../../src-main/engine/sources/receive/syslog-line.ts';

const NOW = Date.UTC(2026, 10, 21, 10, 30);
const stamps = new StampReader({ timeZone: 'Asia/Tokyo' });
stamps.setNow(NOW);
const labelOf = createLabelFinder(
  [
    { facility: 'authpriv', class: 'security' },
    { program: 'order*', class: 'trading' },
  ],
  'none',
);
const line = (message: string | Buffer): string =>
  syslogLine(Buffer.from(message), { from: '192.0.2.7', now: NOW, stamps, labelOf }).toString();

describe('A syslog message as a line', () => {
  test.each([
    [
      'RFC 3164, its stamp taken in the zone of the settings',
      '<86>Nov 21 19:00:01 desk01 sshd[42]: Failed password for root',
      '<86>1 2026-11-21T10:00:01.000Z desk01 sshd 42 - [received from="192.0.2.7" class="security"] Failed password for root\n',
    ],
    [
      'rsyslog with an ISO stamp',
      '<30>2026-11-21T19:00:01.123456+09:00 desk01 order-gateway: sent',
      '<30>1 2026-11-21T19:00:01.123456+09:00 desk01 order-gateway - - [received from="192.0.2.7" class="trading"] sent\n',
    ],
    [
      'RFC 5424, its structured data kept',
      '<165>1 2026-11-21T10:00:01.5Z desk01 app 7 ID47 [a@1 k="v\\"]"][b@1] \ufeffthe text',
      '<165>1 2026-11-21T10:00:01.5Z desk01 app 7 ID47 [received from="192.0.2.7"][a@1 k="v\\"]"][b@1] the text\n',
    ],
    [
      'RFC 5424 that knows nothing',
      '<14>1 - - - - - -',
      '<14>1 2026-11-21T10:30:00.000Z 192.0.2.7 - - - [received from="192.0.2.7"]\n',
    ],
    [
      'a host left out',
      '<190>Nov 21 19:00:01 nginx: 192.0.2.1 - - [21/Nov/2026:19:00:01 +0900] "GET / HTTP/1.1" 200 5',
      '<190>1 2026-11-21T10:00:01.000Z 192.0.2.7 nginx - - [received from="192.0.2.7"] 192.0.2.1 - - [21/Nov/2026:19:00:01 +0900] "GET / HTTP/1.1" 200 5\n',
    ],
    [
      'a host and no tag',
      '<13>Nov 21 19:00:01 desk01 hello there',
      '<13>1 2026-11-21T10:00:01.000Z desk01 - - - [received from="192.0.2.7"] hello there\n',
    ],
    [
      'a tag alone',
      '<13>cron[3]: run',
      '<13>1 2026-11-21T10:30:00.000Z 192.0.2.7 cron 3 - [received from="192.0.2.7"] run\n',
    ],
    [
      'no priority',
      'error: it broke',
      '<13>1 2026-11-21T10:30:00.000Z 192.0.2.7 - - - [received from="192.0.2.7"] error: it broke\n',
    ],
    [
      'a priority that is none',
      '<999>text',
      '<13>1 2026-11-21T10:30:00.000Z 192.0.2.7 - - - [received from="192.0.2.7"] <999>text\n',
    ],
    [
      'a broken header',
      '<14>1 yesterday host',
      '<14>1 2026-11-21T10:30:00.000Z 192.0.2.7 - - - [received from="192.0.2.7"] 1 yesterday host\n',
    ],
    [
      'structured data that does not close',
      '<14>1 - h a - - [a k="v] text',
      '<14>1 2026-11-21T10:30:00.000Z 192.0.2.7 - - - [received from="192.0.2.7"] 1 - h a - - [a k="v] text\n',
    ],
    [
      'newlines of its own',
      '<14>app: Traceback\n  File "x"\r\nEnd',
      '<14>1 2026-11-21T10:30:00.000Z 192.0.2.7 app - - [received from="192.0.2.7"] Traceback\n\t  File "x"\n\tEnd\n',
    ],
  ])('%s', (_what, message, expected) => {
    expect(line(message)).toBe(expected);
  });

  test('any bytes, are kept and stay one record', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.boolean(), (raw, asSyslog) => {
        const message = Buffer.concat([Buffer.from(asSyslog ? '<13>Nov 21 19:00:01 h a: ' : ''), raw]);
        const made = syslogLine(message, { from: '::1', now: NOW, stamps, labelOf });
        expect(made.at(-1)).toBe(10);
        for (let at = made.indexOf(10); at < made.length - 1; at = made.indexOf(10, at + 1))
          expect(made[at + 1]).toBe(9);
        expect(made.toString('latin1')).toMatch(/^<\d{1,3}>1 \S+ \S+ \S+ \S+ \S+ \[received from="::1"\]/);
      }),
      { numRuns: 500 },
    );
  });
});
