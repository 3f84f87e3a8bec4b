import { describe, expect, test } from 'vitest';
import { parseLines, parseOne, plain } from '../parse-text.ts';

describe('access logs, as their writers are configured', () => {
  test.each([
    [
      'Apache common',
      '198.51.100.4 - - [21/Nov/2026:09:00:00 +0000] "GET /a HTTP/1.0" 200 2326',
      { address: '198.51.100.4', target: '/a', status: 200, size: 2326 },
    ],
    [
      'Apache vhost_combined',
      'shop.example:80 198.51.100.4 - kim [21/Nov/2026:09:00:00 +0000] "POST /in HTTP/1.1" 302 5 "-" "Mozilla/5.0 (X11)"',
      { address: '198.51.100.4', user: 'kim', method: 'POST', agent: 'Mozilla/5.0 (X11)' },
    ],
    [
      'nginx with request and upstream time',
      '198.51.100.4 - - [21/Nov/2026:09:00:00 +0000] "GET /a HTTP/2.0" 502 157 "https://x.example/" "curl/8" 0.512 0.508 .',
      { status: 502, level: 3, agent: 'curl/8', referer: 'https://x.example/' },
    ],
    [
      'nginx with an ISO time',
      '198.51.100.4 - - [2026-11-21T18:00:00+09:00] "GET / HTTP/1.1" 200 5 "-" "-"',
      { time: '2026-11-21T09:00:00.000Z', target: '/' },
    ],
    [
      'nginx with the forwarded list in front',
      '203.0.113.9, 10.0.0.2 - bob [21/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x"',
      { address: '203.0.113.9', user: 'bob' },
    ],
    [
      'Kong, with its request id',
      '172.17.0.1 - - [21/Nov/2026:09:00:00 +0000] "GET /orders HTTP/1.1" 401 40 "-" "insomnia/9" kong_request_id: "6f0a"',
      { address: '172.17.0.1', status: 401, target: '/orders', agent: 'insomnia/9' },
    ],
  ])('%s', (_, line, expected) => {
    expect(parseOne(line)).toMatchObject({ format: 'combined', event: 1, ...expected });
  });
});

describe('error logs', () => {
  const nginx = (message: string): string => `2026/11/21 09:00:00 [error] 31#31: *7 ${message}`;

  test('nginx: client, request and referrer of its own fields', () => {
    expect(
      parseOne(
        nginx(
          'open() "/srv/x" failed (2: No such file or directory), client: 203.0.113.7, server: a.example, request: "GET /x?y=1 HTTP/1.1", host: "a.example", referrer: "https://b.example/"',
        ),
      ),
    ).toMatchObject({
      format: 'error',
      level: 3,
      address: '203.0.113.7',
      method: 'GET',
      target: '/x?y=1',
      referer: 'https://b.example/',
    });
  });

  test.each([
    [
      'a referrer',
      'no such file, client: 203.0.113.7, server: _, request: "GET / HTTP/1.1", host: "h", referrer: "http://x/, client: 6.6.6.6, server: y, request: "',
    ],
    [
      'a path',
      'open() "/srv/a, client: 6.6.6.6, server: y, request: x" failed (2: No such file or directory), client: 203.0.113.7, server: _, request: "GET /a HTTP/1.1", host: "h"',
    ],
    [
      'an account',
      'user "a, client: 6.6.6.6": password mismatch, client: 203.0.113.7, server: , request: "GET / HTTP/1.1"',
    ],
  ])('nginx: a field imitated in %s is not the client', (_, message) => {
    expect(parseOne(nginx(message))).toMatchObject({ address: '203.0.113.7', method: 'GET' });
  });

  test('nginx: a request without a server has a client all the same', () => {
    expect(parseOne(nginx('client sent invalid header, client: 2001:db8::7'))).toMatchObject({
      address: '2001:db8::7',
    });
  });

  test('Kong: the gateway’s own words and fields', () => {
    expect(
      parseOne(
        '2026/11/21 09:00:00 [warn] 2417#0: *312 [lua] access.lua:77: execute(): no route, client: 172.17.0.1, server: kong, request: "POST /pay HTTP/1.1", host: "api.example", request_id: "6f0a"',
      ),
    ).toMatchObject({ format: 'error', level: 4, address: '172.17.0.1', method: 'POST', target: '/pay' });
  });

  test('Apache: the client behind the system’s error', () => {
    expect(
      parseOne(
        '[Sat Nov 21 09:00:00.123456 2026] [proxy_http:error] [pid 7:tid 1] (111)Connection refused: [client 203.0.113.7:5000] AH00957: HTTP: attempt failed',
      ),
    ).toMatchObject({ format: 'error', program: 'proxy_http', address: '203.0.113.7', level: 3 });
  });
});

describe('IIS and other W3C logs', () => {
  const HEADER =
    '#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status sc-bytes cs(User-Agent)';

  test('default columns without a header, in UTC', () => {
    expect(
      parseOne(
        '2026-11-21 09:00:00 192.0.2.1 GET /login.aspx user=a 443 CORP\\kim 203.0.113.7 Mozilla/5.0+(Windows) https://x.example/ 404 0 2 31',
        { timeZone: 'Asia/Tokyo' },
      ),
    ).toMatchObject({
      format: 'w3c',
      time: '2026-11-21T09:00:00.000Z',
      address: '203.0.113.7',
      user: 'CORP\\kim',
      method: 'GET',
      target: '/login.aspx?user=a',
      status: 404,
      level: 4,
      event: 1,
    });
  });

  test('columns the header names', () => {
    const [, line] = parsedWith([HEADER, '2026-11-21 09:00:00 203.0.113.7 POST /in - 500 812 curl/8']);
    expect(line).toMatchObject({
      address: '203.0.113.7',
      target: '/in',
      status: 500,
      size: 812,
      agent: 'curl/8',
    });
  });

  test('CloudFront parts columns with tabs', () => {
    const [, line] = parsedWith([
      '#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status',
      '2026-11-21\t09:00:00\tNRT57\t2390\t203.0.113.7\tGET\td1.example\t/a.js\t200',
    ]);
    expect(line).toMatchObject({
      format: 'w3c',
      time: '2026-11-21T09:00:00.000Z',
      target: '/a.js',
      size: 2390,
    });
  });
});

describe('firewalls', () => {
  const packet =
    'IN=eth0 OUT= MAC=00:16:3e:00:00:01 SRC=203.0.113.7 DST=192.0.2.1 LEN=60 TOS=0x00 TTL=49 ID=1 DF PROTO=TCP SPT=4242 DPT=22 WINDOW=64240 SYN URGP=0';

  test.each([
    ['ufw', `Nov 21 09:00:00 host kernel: [12345.678901] [UFW BLOCK] ${packet}`, 5],
    ['iptables with a prefix', `Nov 21 09:00:00 host kernel: DROP: ${packet}`, 5],
    ['nftables without a space', `2026-11-21T09:00:00.123456+00:00 host kernel: nft-reject:${packet}`, 5],
    ['an accepting rule', `Nov 21 09:00:00 host kernel: [UFW ALLOW] ${packet}`, 6],
    ['with a priority', `<4>Nov 21 09:00:00 host kernel: [UFW BLOCK] ${packet}`, 4],
  ])('%s', (_, line, level) => {
    expect(parseOne(line)).toMatchObject({
      format: 'firewall',
      time: expect.stringMatching('2026-11-21T09:00:00'),
      address: '203.0.113.7',
      program: 'kernel',
      level,
    });
  });

  test('what the kernel says of other things stays syslog', () => {
    expect(parseOne('Nov 21 09:00:00 host kernel: [1.5] usb 1-1: new device')).toMatchObject({
      format: 'syslog',
    });
  });

  test('Windows: its own time, address and action', () => {
    expect(
      parseOne('2026-11-21 18:00:00 DROP TCP 203.0.113.7 192.0.2.1 50000 445 52 S 1 0 8192 - - - RECEIVE', {
        timeZone: 'Asia/Tokyo',
      }),
    ).toMatchObject({
      format: 'firewall',
      time: '2026-11-21T09:00:00.000Z',
      address: '203.0.113.7',
      level: 5,
    });
  });

  test('Windows 11 adds the process', () => {
    expect(
      parseOne('2026-11-21 09:00:00 ALLOW UDP 192.0.2.7 192.0.2.1 50000 53 0 - - - - - - - SEND 1234'),
    ).toMatchObject({ format: 'firewall', address: '192.0.2.7', level: 6 });
  });
});

function parsedWith(lines: string[]): ReturnType<typeof plain>[] {
  const batch = parseLines(lines);
  return lines.map((_, index) => plain(batch, index));
}
