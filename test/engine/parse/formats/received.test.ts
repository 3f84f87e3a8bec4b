import { describe, expect, test } from 'vitest';
import { describeLine } from '../../../../src-main/engine/parse/describe.ts';
import { NOW, parseOne } from '../parse-text.ts';

const HEADER = '<190>1 2026-11-21T09:00:01.000Z web01 nginx - - [received from="192.0.2.7" class="api"]';
const ACCESS = '198.51.100.4 - kim [21/Nov/2026:09:00:00 +0000] "GET /a?b=1 HTTP/1.1" 502 157 "-" "curl/8"';

describe('received lines', () => {
  test('an access line within syslog, is a request with its own time and level', () => {
    expect(parseOne(`${HEADER} ${ACCESS}`)).toMatchObject({
      format: 'syslog',
      event: 1,
      time: '2026-11-21T09:00:00.000Z',
      level: 3,
      program: 'nginx',
      address: '198.51.100.4',
      user: 'kim',
      target: '/a?b=1',
      status: 502,
    });
    expect(parseOne(`${HEADER} 2001:db8::1 ${ACCESS.slice(ACCESS.indexOf(' ') + 1)}`)).toMatchObject({
      event: 1,
      address: '2001:db8::1',
    });
  });

  test.each(['198.51.100.4 is blocked', '42 workers', 'failed: [21/Nov/2026:09:00:00 +0000] "x"', '::'])(
    'what only begins like an access line, stays a message: %s',
    (message) => {
      const line = parseOne(`${HEADER} ${message}`);
      expect(line).toMatchObject({ format: 'syslog', level: 6, program: 'nginx', message });
      expect(line['event']).toBeUndefined();
    },
  );

  test('sender and class, are fields of every kind of line', () => {
    const fields = (text: string): Record<string, string> =>
      Object.fromEntries(
        describeLine(text, { clock: { now: () => NOW } }).fields.map(({ name, value }) => [name, value]),
      );
    const expected = { 'received.from': '192.0.2.7', 'received.class': 'api' };
    expect(fields(`${HEADER} ${ACCESS}`)).toMatchObject(expected);
    expect(fields('{"a":1,"received":{"from":"192.0.2.7","class":"api"}}')).toMatchObject(expected);
  });

  test('attributes and resource of an OpenTelemetry record, mean what they mean elsewhere', () => {
    const record = {
      time: '2026-11-21T09:00:00.000000001Z',
      severity: 'WARN',
      body: 'slow',
      attributes: { 'client.address': '198.51.100.4', 'enduser.id': 'kim', 'url.path': '/a' },
      resource: { 'service.name': 'orders' },
    };
    expect(parseOne(JSON.stringify(record))).toMatchObject({
      format: 'json',
      level: 4,
      message: 'slow',
      address: '198.51.100.4',
      user: 'kim',
      target: '/a',
      program: 'orders',
    });
  });
});
