import { describe, expect, test } from 'vitest';
import { parseOne } from './parse-text.ts';

describe('combined access log', () => {
  test('gives every part of a request, and its time in UTC', () => {
    expect(
      parseOne(
        '203.0.113.7 - alice [21/Nov/2026:18:59:59 +0900] "GET /a?b=1 HTTP/1.1" 404 512 "https://x.example/" "curl/8.5"',
      ),
    ).toEqual({
      format: 'combined',
      time: '2026-11-21T09:59:59.000Z',
      level: 4,
      event: 1,
      status: 404,
      size: 512,
      address: '203.0.113.7',
      user: 'alice',
      method: 'GET',
      target: '/a?b=1',
      referer: 'https://x.example/',
      agent: 'curl/8.5',
      message: '"GET /a?b=1 HTTP/1.1" 404 512 "https://x.example/" "curl/8.5"',
    });
  });

  test('takes the address behind a virtual host', () => {
    const line = parseOne(
      'shop.example:443 2001:db8::7 - - [21/Nov/2026:09:00:00 +0000] "GET / HTTP/2" 200 5',
    );
    expect(line).toMatchObject({ address: '2001:db8::7', target: '/', status: 200, size: 5 });
    expect(line).not.toHaveProperty('user');
  });

  test('keeps a user name with a space', () => {
    expect(
      parseOne('203.0.113.7 - two words [21/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-"'),
    ).toMatchObject({ address: '203.0.113.7', user: 'two words' });
  });

  test('finds X-Forwarded-For among trailing fields', () => {
    expect(
      parseOne(
        '10.0.0.1 - - [21/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x y" 0.012 "203.0.113.9, 10.0.0.2" "up"',
      ),
    ).toMatchObject({ address: '10.0.0.1', agent: 'x y', forwarded: '203.0.113.9, 10.0.0.2' });
  });

  test('a quote inside the request does not end it', () => {
    expect(
      parseOne(
        '1.2.3.4 - - [21/Nov/2026:09:00:00 +0000] "GET /?q="><script> HTTP/1.1" 200 5 "-" "a \\"b\\" c"',
      ),
    ).toMatchObject({ target: '/?q="><script>', agent: 'a \\"b\\" c', status: 200 });
  });

  test('a request that is no HTTP is a target as a whole', () => {
    const line = parseOne('1.2.3.4 - - [21/Nov/2026:09:00:00 +0000] "\\x16\\x03\\x01 x" 400 157 "-" "-"');
    expect(line).toMatchObject({ format: 'combined', target: '\\x16\\x03\\x01 x', status: 400 });
    expect(line).not.toHaveProperty('method');
  });
});

describe('syslog', () => {
  test('RFC 3164, with and without priority', () => {
    const message = 'Failed password for root from 192.0.2.9 port 22 ssh2';
    const expected = { format: 'syslog', time: '2026-11-05T01:02:03.000Z', program: 'sshd', message };
    expect(parseOne(`Nov  5 01:02:03 host sshd[12]: ${message}`)).toMatchObject({ ...expected, level: 6 });
    expect(parseOne(`<35>Nov  5 01:02:03 host sshd[12]: ${message}`)).toMatchObject({
      ...expected,
      level: 3,
    });
  });

  test('RFC 3164 without a host name', () => {
    expect(parseOne('Nov 5 01:02:03 sshd[12]: Connection closed')).toMatchObject({
      program: 'sshd',
      message: 'Connection closed',
    });
    expect(parseOne('Nov 5 01:02:03 [sshd] User x')).toMatchObject({ program: 'sshd', message: 'User x' });
  });

  test('a module in the tag does not become part of the program', () => {
    expect(parseOne('Nov 15 01:02:03 combo sshd(pam_unix)[19]: check pass; user unknown')).toMatchObject({
      program: 'sshd',
      message: 'check pass; user unknown',
    });
  });

  test('RFC 5424 with structured data, level from the priority', () => {
    expect(
      parseOne(
        '<36>1 2026-11-21T09:00:00.250+09:00 h.example su 77 ID47 [a@1 k="x]y"][b@1] \ufeffsession closed for root',
      ),
    ).toEqual({
      format: 'syslog',
      time: '2026-11-21T00:00:00.250Z',
      level: 4,
      program: 'su',
      message: 'session closed for root',
    });
  });

  test('with an ISO time stamp, as rsyslog writes it', () => {
    expect(
      parseOne('2026-11-21T09:00:00.123456+00:00 host CRON[8]: pam_unix(cron:session): opened'),
    ).toMatchObject({
      format: 'syslog',
      time: '2026-11-21T09:00:00.123Z',
      program: 'CRON',
      message: 'pam_unix(cron:session): opened',
    });
  });

  test('takes the level from the start of the message where there is no priority', () => {
    expect(parseOne('Nov 5 01:02:03 host sshd[1]: error: kex failed')).toMatchObject({ level: 3 });
    expect(parseOne('Nov 5 01:02:03 host app[1]: finished without error')).toMatchObject({ level: 6 });
  });
});

describe('JSON lines', () => {
  test('common keys, whatever their style', () => {
    expect(
      parseOne(
        '{"@timestamp":"2026-11-21T09:00:00.5Z","level":"WARN","logger":"auth","message":"no \\"x\\"","client_ip":"192.0.2.1","userName":"bob"}',
      ),
    ).toEqual({
      format: 'json',
      time: '2026-11-21T09:00:00.500Z',
      level: 4,
      program: 'auth',
      message: 'no "x"',
      address: '192.0.2.1',
      user: 'bob',
    });
  });

  test.each([
    '{"time":1795248000.5,"http":{"request":{"method":"GET"},"response":{"status_code":503,"body":{"bytes":7}}},"url":{"path":"/x"}}',
    '{"time":1795248000500,"http.request.method":"GET","http.response.status_code":503,"http.response.body.bytes":7,"url.path":"/x"}',
    '{"ts":"1795248000.5","request":{"method":"GET","uri":"/x","headers":{"Accept":["*"]}},"status":"503","size":7}',
  ])('nested and flattened keys mean the same: %s', (line) => {
    expect(parseOne(line)).toMatchObject({
      time: '2026-11-21T08:00:00.500Z',
      method: 'GET',
      target: '/x',
      status: 503,
      size: 7,
      event: 1,
      level: 3,
    });
  });

  test('header values in arrays', () => {
    expect(parseOne('{"request":{"headers":{"User-Agent":["curl/8","x"]}}}')).toMatchObject({
      agent: 'curl/8',
    });
  });

  test("numeric levels: pino's and syslog's", () => {
    expect(parseOne('{"level":50,"msg":"a"}').level).toBe(3);
    expect(parseOne('{"severity":4,"msg":"a"}').level).toBe(4);
    expect(parseOne('{"levelno":50,"msg":"a"}').level).toBe(2);
  });

  test("what a container's log wraps is understood", () => {
    expect(
      parseOne(
        '{"log":"192.0.2.1 - - [21/Nov/2026:08:00:00 +0000] \\"GET /y HTTP/1.1\\" 500 9\\n","stream":"stdout","time":"2026-11-21T09:00:00Z"}',
      ),
    ).toMatchObject({
      format: 'json',
      time: '2026-11-21T09:00:00.000Z',
      address: '192.0.2.1',
      target: '/y',
      status: 500,
    });
  });

  test('cut off, it is text', () => {
    expect(parseOne('{"level":"error","msg":"cut')).toMatchObject({ format: 'text' });
  });
});

describe('Python logging', () => {
  test.each([
    ['2026-11-21 09:00:00,123 - app.db - ERROR - lost it', 'app.db', 3, 'lost it'],
    ['2026-11-21 09:00:00,123 INFO celery.task: Task done', 'celery.task', 6, 'Task done'],
    ['2026-11-21 09:00:00,123 [WARNING] app.db: slow', 'app.db', 4, 'slow'],
    ['2026-11-21 09:00:00,123 WARNING [app.db] slow', 'app.db', 4, 'slow'],
    ['2026-11-21 09:00:00,123 WARNING (MainThread) [app.db] slow: x', 'app.db', 4, 'slow: x'],
    ['2026-11-21 09:00:00.123 | CRITICAL | app:run:12 - down', 'app:run:12', 2, 'down'],
    ['2026-11-21 09:00:00,123::WARNING::[app:657] slow', 'app:657', 4, 'slow'],
  ])('%s', (line, program, level, message) => {
    expect(parseOne(line)).toEqual({
      format: 'python',
      time: '2026-11-21T09:00:00.123Z',
      level,
      program,
      message,
    });
  });

  test('LEVEL:name:message, without a time', () => {
    expect(parseOne('WARNING:app.db:pool: full')).toEqual({
      format: 'python',
      time: undefined,
      level: 4,
      program: 'app.db',
      message: 'pool: full',
    });
  });

  test('a message without a logger name stays whole', () => {
    expect(parseOne('2026-11-21 09:00:00,123 ERROR Login failed for bob')).toMatchObject({
      format: 'python',
      message: 'Login failed for bob',
    });
  });
});

describe('web server error logs', () => {
  test('nginx', () => {
    expect(
      parseOne(
        '2026/11/21 09:00:00 [crit] 31#31: *7 open() "/a, b" failed, client: 192.0.2.1, server: x, request: "GET /c?d="e" HTTP/1.1", host: "x"',
      ),
    ).toMatchObject({ format: 'error', level: 2, address: '192.0.2.1', method: 'GET', target: '/c?d="e"' });
  });

  test.each([
    ['192.0.2.1:5000', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::80da:af6b:8b2c', '2001:db8::80da:af6b:8b2c'],
    ['2001:db8::1:51386', '2001:db8::1'],
  ])('Apache, client %s', (client, address) => {
    expect(
      parseOne(
        `[Sat Nov 21 09:00:00.250000 2026] [auth_basic:error] [pid 7:tid 1] [client ${client}] AH01618: no`,
      ),
    ).toEqual({
      format: 'error',
      time: '2026-11-21T09:00:00.250Z',
      level: 3,
      program: 'auth_basic',
      address,
      message: 'AH01618: no',
    });
  });
});

describe('text', () => {
  test.each([
    ['Sat Nov 21 09:00:00 2026 [pid 7] FAIL LOGIN', '2026-11-21T09:00:00.000Z'],
    ['261121  9:00:00 not a time', undefined],
    ['261121 09:00:00 [Warning] Access denied', '2026-11-21T09:00:00.000Z'],
    ['261121 090000 148 INFO x', '2026-11-21T09:00:00.000Z'],
    ['1795251600.250 200 TCP_MISS', '2026-11-21T09:00:00.250Z'],
    ['type=SYSCALL msg=audit(1795251600.250:82): arch', '2026-11-21T09:00:00.250Z'],
    ['@400000006a6a3ebf0ee6b280 dovecot-auth: x', '2026-07-29T17:56:05.250Z'],
    ['[2026-11-21 18:00:00 +09:00] local.ERROR: x', '2026-11-21T09:00:00.000Z'],
    ['worker 7: 2026-11-21T09:00:00Z done', '2026-11-21T09:00:00.000Z'],
    ['order 1795251600 shipped', undefined],
    ['no time in here', undefined],
  ])('time of: %s', (line, time) => {
    expect(parseOne(line)).toMatchObject({ format: 'text', time });
  });

  test.each([
    ['2026-11-21T09:00:00Z ERROR disk', 3],
    ['[info] started', 6],
    ['<warning> x', 4],
    ['level=fatal msg=x', 2],
    ['error: no such file', 3],
    ['read /var/log/error.log', 6],
    ['finished with no error at all', 6],
  ])('level of: %s', (line, level) => {
    expect(parseOne(line).level).toBe(level);
  });
});
