import { describe, expect, test } from 'vitest';
import { describeLine } from '../../../../src-main/engine/parse/describe.ts';
import { NOW, parseOne } from '../parse-text.ts';

describe('PostgreSQL, by log_line_prefix', () => {
  const message = 'FATAL:  password authentication failed for user "app"';

  test.each([
    ["'%m [%p] '", `2026-11-21 09:00:00.123 UTC [77] ${message}`, {}],
    ["'%m [%p] %q%u@%d '", `2026-11-21 09:00:00.123 UTC [77] app@shop ${message}`, { user: 'app' }],
    [
      "'%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h '",
      `2026-11-21 09:00:00 UTC [77]: [4-1] user=app,db=shop,app=psql,client=203.0.113.7 ${message}`,
      { user: 'app', address: '203.0.113.7' },
    ],
    [
      "'%t:%r:%u@%d:[%p]:', as RDS has it",
      `2026-11-21 09:00:00 UTC:203.0.113.7(54321):app@shop:[77]:${message}`,
      { user: 'app', address: '203.0.113.7' },
    ],
    ["'< %m >'", `< 2026-11-21 09:00:00.123 UTC >${message}`, {}],
    ['a zone by its name', `2026-11-21 18:00:00.123 JST [77] app@shop ${message}`, { user: 'app' }],
    ['a zone by its offset', `2026-11-21 05:30:00.123 -03:30 [77] ${message}`, {}],
  ])('%s', (_, line, expected) => {
    expect(parseOne(line)).toMatchObject({
      format: 'postgresql',
      time: expect.stringMatching('2026-11-21T09:00:00'),
      level: 2,
      program: 'postgres',
      message,
      ...expected,
    });
  });

  test('csvlog', () => {
    expect(
      parseOne(
        '2026-11-21 09:00:00.123 UTC,"app","shop",77,"203.0.113.7:54321",6740.4d,1,"authentication",2026-11-21 08:59:59 UTC,3/0,0,FATAL,28P01,"password authentication failed for user ""app""",,,,,,,,,"","client backend",,0',
      ),
    ).toMatchObject({
      format: 'postgresql',
      level: 2,
      user: 'app',
      address: '203.0.113.7',
      message: 'password authentication failed for user ""app""',
    });
  });

  test('jsonlog', () => {
    expect(
      parseOne(
        '{"timestamp":"2026-11-21 09:00:00.123 UTC","user":"app","dbname":"shop","pid":77,"remote_host":"203.0.113.7","remote_port":54321,"error_severity":"ERROR","state_code":"42P01","message":"relation \\"x\\" does not exist"}',
      ),
    ).toMatchObject({
      format: 'json',
      level: 3,
      user: 'app',
      address: '203.0.113.7',
      message: 'relation "x" does not exist',
    });
  });
});

describe('logfmt', () => {
  test.each([
    [
      'logrus',
      'time="2026-11-21T09:00:00Z" level=warning msg="slow query: \\"x\\"" user=kim',
      { level: 4, message: 'slow query: "x"', user: 'kim' },
    ],
    [
      'slog',
      'time=2026-11-21T09:00:00.000Z level=INFO msg=started port=80',
      { level: 6, message: 'started' },
    ],
    ['go-kit', 'ts=2026-11-21T09:00:00.000Z caller=main.go:12 level=error err="no route"', { level: 3 }],
    [
      'Heroku’s router',
      'at=info method=GET path="/a?b=1" host=x.example fwd="203.0.113.7" dyno=web.1 status=503 bytes=0',
      { address: '203.0.113.7', method: 'GET', target: '/a?b=1', status: 503, event: 1 },
    ],
  ])('%s', (_, line, expected) => {
    expect(parseOne(line)).toMatchObject({ format: 'logfmt', ...expected });
  });

  test.each(['user=kim host=a', 'a = b and level=x', 'set level=info in the file', 'x=1'])(
    'no logfmt: %s',
    (line) => {
      expect(parseOne(line)).toMatchObject({ format: 'text' });
    },
  );

  test('inside syslog the message and level are the program’s own', () => {
    expect(
      parseOne(
        'Nov 21 09:00:00 host dockerd[7]: time="2026-11-21T08:59:59Z" level=error msg="no space left"',
      ),
    ).toMatchObject({
      format: 'syslog',
      program: 'dockerd',
      level: 3,
      message: 'no space left',
      time: '2026-11-21T09:00:00.000Z',
    });
  });
});

describe('JSON, by who writes it', () => {
  test.each([
    [
      'pino',
      '{"level":50,"time":1795251600123,"pid":1,"req":{"method":"GET","url":"/a","remoteAddress":"203.0.113.7"},"res":{"statusCode":500},"msg":"failed"}',
      { level: 3, address: '203.0.113.7', status: 500, event: 1, message: 'failed' },
    ],
    [
      'bunyan',
      '{"name":"shop","hostname":"h","pid":1,"level":40,"msg":"slow","time":"2026-11-21T09:00:00.123Z","v":0}',
      { level: 4, program: 'shop', message: 'slow' },
    ],
    [
      'zap',
      '{"level":"error","ts":1795251600.123,"logger":"api","caller":"a.go:1","msg":"lost"}',
      { level: 3, program: 'api', message: 'lost' },
    ],
    [
      'ECS',
      '{"@timestamp":"2026-11-21T09:00:00.123Z","log.level":"WARN","message":"m","ecs.version":"1.2.0","source":{"ip":"203.0.113.7"},"user":{"name":"kim"}}',
      { level: 4, address: '203.0.113.7', user: 'kim', message: 'm' },
    ],
    [
      'GELF',
      '{"version":"1.1","host":"h","short_message":"down","timestamp":1795251600.123,"level":3,"_x":1}',
      { level: 3, message: 'down' },
    ],
    [
      'structlog',
      '{"event":"signed in","level":"info","timestamp":"2026-11-21T09:00:00.123Z","logger":"auth"}',
      { program: 'auth', message: 'signed in' },
    ],
    [
      'structlog beside a message',
      '{"event":"login","msg":"signed in","timestamp":"2026-11-21T09:00:00.123Z"}',
      { message: 'signed in' },
    ],
    [
      'Serilog',
      '{"@t":"2026-11-21T09:00:00.123Z","@mt":"Hello {n}","@l":"Error"}',
      { level: 3, message: 'Hello {n}' },
    ],
    [
      '.NET console',
      '{"Timestamp":"2026-11-21T09:00:00.123Z","EventId":0,"LogLevel":"Warning","Category":"Shop","Message":"m"}',
      { level: 4, program: 'Shop', message: 'm' },
    ],
    [
      'loguru',
      '{"text":"t","record":{"level":{"name":"ERROR","no":40},"time":{"timestamp":1795251600.123},"name":"app"}}',
      { level: 3, program: 'app', message: 't' },
    ],
    [
      'log4j 2',
      '{"instant":{"epochSecond":1795251600,"nanoOfSecond":123000000},"level":"FATAL","loggerName":"a.B","message":"m"}',
      { level: 2, program: 'a.B' },
    ],
    [
      'tracing (Rust)',
      '{"timestamp":"2026-11-21T09:00:00.123Z","level":"INFO","fields":{"message":"up"}}',
      { message: 'up' },
    ],
    [
      'Kong’s file-log',
      '{"request":{"method":"GET","uri":"/pay","headers":{"user-agent":"curl/8"}},"response":{"status":401,"size":40},"client_ip":"203.0.113.7","service":{"name":"pay"},"started_at":1795251600123}',
      { status: 401, address: '203.0.113.7', target: '/pay', program: 'pay', agent: 'curl/8', event: 1 },
    ],
    [
      'Kubernetes audit',
      '{"kind":"Event","level":"Metadata","requestURI":"/api/v1/pods","verb":"get","user":{"username":"kim"},"sourceIPs":["203.0.113.7"],"responseStatus":{"code":403},"requestReceivedTimestamp":"2026-11-21T09:00:00.123Z"}',
      { user: 'kim', address: '203.0.113.7', status: 403, target: '/api/v1/pods' },
    ],
    [
      'Docker',
      '{"log":"WARNING:root:hello\\n","stream":"stderr","time":"2026-11-21T09:00:00.123Z"}',
      { level: 4, program: 'root', message: 'hello' },
    ],
  ])('%s', (_, line, expected) => {
    expect(parseOne(line)).toMatchObject({
      format: 'json',
      time: expect.stringMatching('2026-11-21T09:00:00'),
      ...expected,
    });
  });

  test('inside syslog', () => {
    expect(
      parseOne('Nov 21 09:00:00 host api[7]: {"level":"error","msg":"lost","client_ip":"203.0.113.7"}'),
    ).toMatchObject({
      format: 'syslog',
      program: 'api',
      level: 3,
      message: 'lost',
      address: '203.0.113.7',
    });
  });
});

describe('containers', () => {
  test.each([
    [
      'an access line',
      '203.0.113.7 - - [21/Nov/2026:08:59:59 +0000] "GET / HTTP/1.1" 200 5',
      { address: '203.0.113.7', event: 1, time: '2026-11-21T08:59:59.000Z' },
    ],
    [
      'JSON',
      '{"level":"error","msg":"lost"}',
      { level: 3, message: 'lost', time: '2026-11-21T09:00:00.123Z' },
    ],
    ['prose', 'ERROR something', { level: 3, message: 'ERROR something' }],
  ])('what stands behind the runtime’s tag is parsed: %s', (_, inner, expected) => {
    expect(parseOne(`2026-11-21T09:00:00.123456789Z stdout F ${inner}`)).toMatchObject({
      format: 'container',
      ...expected,
    });
  });
});

describe('Python, by how logging is configured', () => {
  test.each([
    ['basicConfig', 'WARNING:shop.cart:empty', { level: 4, program: 'shop.cart', message: 'empty' }],
    [
      'time - name - level - message',
      '2026-11-21 09:00:00,123 - shop - ERROR - lost',
      { level: 3, program: 'shop', message: 'lost' },
    ],
    [
      'time level name: message',
      '2026-11-21 09:00:00,123 INFO shop.cart: full',
      { program: 'shop.cart', message: 'full' },
    ],
    ['Flask', '[2026-11-21 09:00:00,123] ERROR in app: lost', { level: 3 }],
    [
      'Django verbose',
      'ERROR 2026-11-21 09:00:00,123 views 77 140 lost',
      { level: 3, program: 'views', message: 'lost' },
    ],
    ['gunicorn', '[2026-11-21 09:00:00 +0000] [77] [INFO] Booting worker', { message: 'Booting worker' }],
    [
      'Celery',
      '[2026-11-21 09:00:00,123: WARNING/MainProcess] slow',
      { level: 4, program: 'MainProcess', message: 'slow' },
    ],
    ['loguru', '2026-11-21 09:00:00.123 | ERROR    | shop:pay:12 - lost', { level: 3, message: 'lost' }],
    ['uvicorn', 'INFO:     Started server process [77]', { message: 'Started server process [77]' }],
    [
      'uvicorn’s requests',
      'INFO:     203.0.113.7:50000 - "GET /a HTTP/1.1" 404 Not Found',
      { address: '203.0.113.7', method: 'GET', target: '/a', status: 404, event: 1 },
    ],
  ])('%s', (_, line, expected) => {
    expect(parseOne(line)).toMatchObject({ format: 'python', ...expected });
  });
});

describe('details for people', () => {
  const fields = (line: string): Record<string, string> =>
    Object.fromEntries(
      describeLine(line, { timeZone: 'UTC', clock: { now: () => NOW } }).fields.map(({ name, value }) => [
        name,
        value,
      ]),
    );

  test.each<[string, string, Record<string, string>]>([
    [
      'RFC 5424',
      '<165>1 2026-11-21T09:00:00Z h.example app 77 ID47 [ex@1 k="a\\"b" n="2"] up',
      {
        'host.name': 'h.example',
        'process.pid': '77',
        'log.syslog.msgid': 'ID47',
        'log.syslog.facility': 'local4',
        'ex@1.k': 'a"b',
        'ex@1.n': '2',
      },
    ],
    ['RFC 3164', 'Nov 21 09:00:00 host sshd[12]: closed', { 'host.name': 'host', 'process.pid': '12' }],
    [
      'nginx error',
      '2026/11/21 09:00:00 [error] 31#31: *7 x, client: 203.0.113.7, server: a.example, request: "GET / HTTP/1.1", upstream: "http://10.0.0.1:80/", host: "b.example"',
      {
        'process.pid': '31',
        server: 'a.example',
        upstream: 'http://10.0.0.1:80/',
        'url.domain': 'b.example',
      },
    ],
    [
      'nginx times',
      '1.2.3.4 - - [21/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x" 0.250 0.248 "-" rt=7',
      { request_time: '0.250', upstream_response_time: '0.248', rt: '7', 'http.version': '1.1' },
    ],
    [
      'a packet',
      'Nov 21 09:00:00 h kernel: [UFW BLOCK] IN=eth0 OUT= SRC=203.0.113.7 DST=192.0.2.1 PROTO=TCP SPT=4242 DPT=22 SYN URGP=0',
      {
        'event.action': 'drop',
        'source.ip': '203.0.113.7',
        'source.port': '4242',
        'destination.port': '22',
        'network.transport': 'TCP',
        'tcp.flags': 'SYN',
      },
    ],
    [
      'Windows’ firewall',
      '2026-11-21 09:00:00 DROP TCP 203.0.113.7 192.0.2.1 50000 445 52 S 1 0 8192 - - - RECEIVE',
      { 'event.action': 'drop', 'destination.port': '445', 'network.direction': 'RECEIVE' },
    ],
    [
      'PostgreSQL',
      '2026-11-21 09:00:00.123 UTC [77] app@shop LOG:  duration: 12.5 ms  statement: SELECT 1',
      {
        'process.pid': '77',
        'postgresql.log.database': 'shop',
        duration_ms: '12.5',
        'postgresql.log.query': 'SELECT 1',
      },
    ],
    [
      'PostgreSQL csvlog',
      '2026-11-21 09:00:00.123 UTC,"app","shop",77,"203.0.113.7:54321",6740.4d,1,"auth",2026-11-21 08:59:59 UTC,3/0,0,FATAL,28P01,"no",,,,,,,,,"psql","client backend",,0',
      {
        'postgresql.log.sql_state_code': '28P01',
        'postgresql.log.database': 'shop',
        'postgresql.log.application_name': 'psql',
      },
    ],
    [
      'IIS',
      '2026-11-21 09:00:00 192.0.2.1 GET /a q=1 443 - 203.0.113.7 curl/8 - 200 0 0 15',
      { 'url.path': '/a', 'url.query': 'q=1', 'destination.port': '443', request_time_ms: '15' },
    ],
  ])('%s', (_, line, expected) => {
    expect(fields(line)).toMatchObject(expected);
  });
});
