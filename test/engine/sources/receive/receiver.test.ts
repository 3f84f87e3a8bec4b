import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ListenerId } from '../../../../src-preload/contract/limits.ts';
import type { ListenerState } from '../../../../src-preload/contract/receiver.ts';
import { receiverSettingsSchema, type ReceiverSettings } from '../../../../src-preload/contract/receiver.ts';
import { systemClock } from '../../../../src-main/engine/flow/clock.ts';
import { StampReader } from '../../../../src-main/engine/parse/stamp.ts';
import { Receiver } from '../../../../src-main/engine/sources/receive/receiver.ts';
import { makeToken } from '../../../../src-main/engine/sources/receive/token.ts';
import { makeCertificate, PATIENCE } from './receiving-engine.ts';

const { token, kept } = makeToken(0);
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A receiver whose store is the test's: it takes lines when it is let. */
class Bench {
  lines: string[] = [];
  #open = Promise.resolve();
  #let = (): void => undefined;
  readonly receiver: Receiver;

  constructor(settings: ReceiverSettings) {
    this.receiver = new Receiver(
      {
        clock: systemClock,
        stampsIn: (timeZone) => new StampReader({ timeZone: timeZone === '' ? undefined : timeZone }),
        openSink: () =>
          Promise.resolve(async (bytes) => {
            await this.#open;
            this.lines.push(...Buffer.from(bytes).toString().split('\n').slice(0, -1));
            return true;
          }),
        keepSamples: () => undefined,
        token: () => kept,
        onError: (error) => {
          throw error;
        },
      },
      settings,
    );
    closing.push(() => {
      this.flow();
      return this.receiver.close();
    });
  }

  /** From now on nothing is stored. */
  stall(): void {
    this.#open = new Promise((resolve) => {
      this.#let = resolve;
    });
  }

  flow(): void {
    this.#let();
  }

  state(id: ListenerId): ListenerState {
    const state = this.receiver.states().find((each) => each.id === id);
    if (state === undefined) throw new Error(`there is no ${id}`);
    return state;
  }
}

/** A receiver with these settings; ports are free ones. */
async function bench(settings: Record<string, unknown>): Promise<Bench> {
  const ports = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null && 'enabled' in value ? { port: 0, ...value } : value,
    ]),
  );
  const wanted = receiverSettingsSchema.parse(ports);
  const made = new Bench(wanted);
  await made.receiver.apply(wanted);
  return made;
}

/** Resolves when the other side has ended it, with an error or without. */
function closed(socket: Socket): Promise<void> {
  socket.resume();
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}

async function tcp(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  closing.push(() => void socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

const post = (
  port: number,
  body: string | Buffer<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}/v1/lines`, {
    method: 'POST',
    body,
    headers: { Authorization: `Bearer ${token}`, Connection: 'close', ...headers },
  });

describe('UDP', () => {
  test('a flood beyond the queue, is dropped and the counter equals what is missing', async () => {
    const sent = 3000;
    const one = await bench({ syslogUdp: { enabled: true }, limits: { queueBytes: 65_536 } });
    const { port } = one.state('syslogUdp');
    one.stall();
    const socket = createSocket('udp4');
    closing.push(() => void socket.close());
    for (let number = 0; number < sent; number += 1) {
      await new Promise((resolve) => socket.send(`<13>app: message ${number}`, port, '127.0.0.1', resolve));
    }
    await vi.waitFor(() => {
      const { received, dropped } = one.state('syslogUdp');
      expect(received + dropped).toBe(sent);
    }, PATIENCE);
    const { received, dropped } = one.state('syslogUdp');
    expect(dropped).toBeGreaterThan(0);
    expect(one.receiver.problems()).toEqual([
      {
        key: 'receiver.problem.dropped',
        parameters: { listener: `syslog+udp://127.0.0.1:${port}`, n: dropped },
      },
    ]);
    expect(one.receiver.queues()).toMatchObject([{ name: 'receive.syslogUdp', limit: 65_536, dropped }]);
    one.flow();
    await vi.waitFor(() => expect(one.lines).toHaveLength(received), PATIENCE);
    expect(one.receiver.queues()).toMatchObject([{ depth: 0 }]);
  });

  test('a message beyond the limit, is cut and counted', async () => {
    const one = await bench({ syslogUdp: { enabled: true }, limits: { messageBytes: 1024 } });
    const socket = createSocket('udp4');
    closing.push(() => void socket.close());
    socket.send(`<13>app: ${'x'.repeat(3000)}`, one.state('syslogUdp').port, '127.0.0.1');
    await vi.waitFor(() => expect(one.lines).toHaveLength(1), PATIENCE);
    expect(one.lines[0]?.replace(/^.*\] /, '')).toBe('x'.repeat(1024 - '<13>app: '.length));
    expect(one.state('syslogUdp').cut).toBe(1);
  });

  test('more than a sender may send a second, is dropped and counted', async () => {
    const one = await bench({ syslogUdp: { enabled: true }, limits: { senderRate: 5 } });
    const socket = createSocket('udp4');
    closing.push(() => void socket.close());
    for (let number = 0; number < 50; number += 1)
      socket.send(`<13>app: ${number}`, one.state('syslogUdp').port, '127.0.0.1');
    await vi.waitFor(() => {
      const { received, dropped } = one.state('syslogUdp');
      expect(received + dropped).toBe(50);
    }, PATIENCE);
    expect(one.state('syslogUdp').dropsBy.rate).toBeGreaterThanOrEqual(40);
    expect(one.state('syslogUdp').received).toBeGreaterThanOrEqual(5);
  });

  test('an address that is not allowed, gets nothing in', async () => {
    const one = await bench({ syslogUdp: { enabled: true }, allow: ['192.0.2.0/24', '2001:db8::/32'] });
    const socket = createSocket('udp4');
    closing.push(() => void socket.close());
    socket.send('<13>app: stranger', one.state('syslogUdp').port, '127.0.0.1');
    await vi.waitFor(() => expect(one.state('syslogUdp').dropsBy).toEqual({ notAllowed: 1 }), PATIENCE);
    expect(one.receiver.problems()).toEqual([]);
  });
});

describe('TCP', () => {
  test('a flood beyond the queue, waits and nothing is lost', async () => {
    const sent = 20_000;
    const one = await bench({
      syslogTcp: { enabled: true },
      limits: { queueBytes: 65_536, senderRate: 1_000_000 },
    });
    one.stall();
    const socket = await tcp(one.state('syslogTcp').port);
    const text = Array.from(
      { length: sent },
      (_, number) => `<13>app: message ${number} ${'.'.repeat(100)}\n`,
    );
    socket.write(text.join(''));
    await vi.waitFor(() => expect(one.receiver.queues()[0]?.depth).toBeGreaterThan(65_536), PATIENCE);
    const early = one.state('syslogTcp').received;
    expect(early).toBeLessThan(sent);
    one.flow();
    await vi.waitFor(() => expect(one.lines).toHaveLength(sent), PATIENCE);
    expect(one.lines.every((line, number) => line.includes(` message ${number} `))).toBe(true);
    expect(one.state('syslogTcp')).toMatchObject({ received: sent, dropped: 0 });
  });

  test('more than a sender may send a second, comes later', async () => {
    const one = await bench({ syslogTcp: { enabled: true }, limits: { senderRate: 100 } });
    const socket = await tcp(one.state('syslogTcp').port);
    for (let part = 0; part < 3; part += 1) {
      socket.write('<13>app: x\n'.repeat(60));
      await vi.waitFor(() => expect(one.state('syslogTcp').received).toBe((part + 1) * 60), PATIENCE);
    }
    expect(one.state('syslogTcp').dropped).toBe(0);
  });

  test('connections beyond the limit, are turned away and counted', async () => {
    const one = await bench({ syslogTcp: { enabled: true }, limits: { connections: 2 } });
    const { port } = one.state('syslogTcp');
    const first = await tcp(port);
    await tcp(port);
    const third = await tcp(port);
    await closed(third);
    expect(one.state('syslogTcp')).toMatchObject({ connections: 2, dropsBy: { connections: 1 } });
    first.end();
    await vi.waitFor(() => expect(one.state('syslogTcp').connections).toBe(1), PATIENCE);
  });

  test('a message that does not end, is given up and what came of it is kept', async () => {
    const one = await bench({ syslogTcp: { enabled: true }, limits: { arrivalSeconds: 1 } });
    const socket = await tcp(one.state('syslogTcp').port);
    socket.write('<13>app: never en');
    await closed(socket);
    await vi.waitFor(() => expect(one.lines).toHaveLength(1), PATIENCE);
    expect(one.lines[0]).toContain('never en');
    expect(one.state('syslogTcp').dropsBy).toEqual({ malformed: 1 });
  });

  test('an address that is not allowed, is hung up on', async () => {
    const one = await bench({ syslogTcp: { enabled: true }, allow: ['192.0.2.1'] });
    const socket = connect(one.state('syslogTcp').port, '127.0.0.1');
    socket.on('error', () => undefined);
    await closed(socket);
    expect(one.state('syslogTcp').dropsBy).toEqual({ notAllowed: 1 });
  });

  test('garbage, crashes nothing', async () => {
    const one = await bench({ syslogTcp: { enabled: true } });
    const socket = await tcp(one.state('syslogTcp').port);
    socket.write(Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 7919) % 256)));
    socket.end('\n<13>app: still here\n');
    await vi.waitFor(() => expect(one.lines.at(-1)).toContain('still here'), PATIENCE);
  });
});

describe('TLS', () => {
  test('certificate files that are wrong, are told with file and setting', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'yagura-tls-'));
    closing.push(() => rmSync(directory, { recursive: true, force: true }));
    const { certificate, key } = await makeCertificate(directory);
    const other = await makeCertificate(directory, 'other');
    const text = join(directory, 'text.pem');
    writeFileSync(text, 'no certificate');
    const missing = join(directory, 'missing.pem');
    const cases = [
      [{ certificate: '', key: '' }, 'fileMissing', 'certificate', ''],
      [{ certificate: missing, key }, 'unreadable', 'certificate', missing],
      [{ certificate: 'relative.pem', key }, 'notAbsolute', 'certificate', 'relative.pem'],
      [{ certificate: text, key }, 'notACertificate', 'certificate', text],
      [{ certificate, key: text }, 'notAKey', 'key', text],
      [{ certificate, key: other.key }, 'keyDoesNotFit', 'key', other.key],
      [{ certificate, key, clientAuthority: text }, 'notACertificate', 'clientAuthority', text],
    ] as const;
    for (const [files, name, field, file] of cases) {
      const one = await bench({ syslogTls: { enabled: true, ...files } });
      const { state, reason } = one.state('syslogTls');
      expect({ state, key: reason?.key, field: reason?.field, file: reason?.parameters['file'] }).toEqual({
        state: 'error',
        key: `receiver.problem.${name}`,
        field: `receiver.syslogTls.${field}`,
        file,
      });
    }
  });

  test('a certificate that was renewed, is taken up', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'yagura-tls-'));
    closing.push(() => rmSync(directory, { recursive: true, force: true }));
    const settings = { syslogTls: { enabled: true, port: 0, ...(await makeCertificate(directory)) } };
    const one = await bench(settings);
    const shown = async (): Promise<string> => {
      const { port } = one.state('syslogTls');
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint256;
    };
    const before = await shown();
    await one.receiver.apply(receiverSettingsSchema.parse(settings));
    expect(await shown()).toBe(before);
    await makeCertificate(directory);
    await one.receiver.apply(receiverSettingsSchema.parse(settings));
    expect(await shown()).not.toBe(before);
  });

  test('a sender without the certificate asked for, gets nothing in', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'yagura-tls-'));
    closing.push(() => rmSync(directory, { recursive: true, force: true }));
    const { certificate, key } = await makeCertificate(directory);
    const client = await makeCertificate(directory, 'client');
    const one = await bench({
      syslogTls: { enabled: true, certificate, key, clientAuthority: client.certificate },
    });
    const { port } = one.state('syslogTls');
    const stranger = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    stranger.on('error', () => undefined);
    stranger.write('<13>app: stranger\n');
    await closed(stranger);
    const known = connectTls({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      cert: readFileSync(client.certificate),
      key: readFileSync(client.key),
    });
    known.end('17 <13>app: friendly');
    await vi.waitFor(() => expect(one.lines).toHaveLength(1), PATIENCE);
    expect(one.lines[0]).toContain('friendly');
  });
});

describe('HTTP', () => {
  test('a sender that asks before it sends, is told to go on or why not', async () => {
    const one = await bench({ http: { enabled: true } });
    const ask = (authorization: string): Promise<string> =>
      new Promise((resolve) => {
        const headers = { Authorization: authorization, Expect: '100-continue', 'Content-Length': 2 };
        const sending = request({ port: one.state('http').port, path: '/v1/lines', method: 'POST', headers });
        sending.on('continue', () => sending.end('{}'));
        sending.on('response', (response) => {
          response.resume();
          resolve(`${sending.writableEnded ? 'sent' : 'unsent'} ${response.statusCode}`);
          sending.destroy();
        });
        sending.on('error', () => undefined);
        sending.flushHeaders();
      });
    expect(await ask(`Bearer ${token}`)).toBe('sent 200');
    expect(await ask('Bearer other')).toBe('unsent 401');
  });

  test('requests that are refused, get their status and store nothing', async () => {
    const one = await bench({ http: { enabled: true }, limits: { bodyBytes: 65_536 } });
    const { port } = one.state('http');
    const large = `{"message":"${'x'.repeat(70_000)}"}`;
    const ask = async (...parameters: Parameters<typeof post>): Promise<[number, string]> => {
      const response = await post(...parameters);
      return [response.status, await response.text()];
    };
    expect(await ask(port, '{}', { Authorization: '' })).toEqual([
      401,
      '{"error":"the token is missing or another"}',
    ]);
    expect((await ask(port, '{}', { Authorization: `Bearer ${token}x` }))[0]).toBe(401);
    expect((await ask(port, '{}', { Authorization: `Basic ${token}` }))[0]).toBe(401);
    expect((await ask(port, large))[0]).toBe(413);
    expect((await ask(port, gzipSync(large), { 'Content-Encoding': 'gzip' }))[0]).toBe(413);
    expect((await ask(port, gzipSync(Buffer.alloc(40_000_000)), { 'Content-Encoding': 'gzip' }))[0]).toBe(
      413,
    );
    expect((await ask(port, '{}', { 'Content-Encoding': 'gzip' }))[0]).toBe(400);
    expect((await ask(port, '{}', { 'Content-Encoding': 'br' }))[0]).toBe(415);
    expect(await ask(port, '{"a":1}\n{"b":}')).toEqual([400, '{"error":"record 1: not a JSON object"}']);
    expect(await ask(port, '[{"a":1},"b"]')).toEqual([400, '{"error":"record 1: an object is expected"}']);
    for (const body of [
      '[',
      '[{}',
      '[{}]x',
      '{',
      '{"a":"',
      'null',
      '[[]]',
      '{}{',
      '{"a":1},',
      `${'{"a":'.repeat(200)}1`,
    ])
      expect([body, (await ask(port, body))[0]]).toEqual([body, 400]);
    const get = await fetch(`http://127.0.0.1:${port}/v1/lines`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    const other = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(other.status).toBe(404);
    expect(one.lines).toEqual([]);
    expect(one.state('http').dropsBy).toMatchObject({ unauthorized: 3, tooLarge: 3 });
  });

  test('an empty body, stores nothing and is no error', async () => {
    const one = await bench({ http: { enabled: true } });
    for (const body of ['', ' \n', '[]']) expect((await post(one.state('http').port, body)).status).toBe(200);
    expect(one.lines).toEqual([]);
  });

  test('an answer, comes when lines are stored; with the queue full a request is to come again', async () => {
    const one = await bench({ http: { enabled: true }, limits: { queueBytes: 65_536 } });
    const { port } = one.state('http');
    one.stall();
    let answered = false;
    const first = post(port, `{"message":"${'x'.repeat(66_000)}"}`).then((response) => {
      answered = true;
      return response;
    });
    await vi.waitFor(() => expect(one.receiver.queues()[0]?.depth).toBeGreaterThan(66_000), PATIENCE);
    const second = await post(port, '{"message":"later"}');
    expect([second.status, second.headers.get('retry-after')]).toEqual([503, '1']);
    expect(answered).toBe(false);
    one.flow();
    expect((await first).status).toBe(200);
    expect(one.lines).toHaveLength(1);
    expect(await (await post(port, '{"message":"later"}')).json()).toEqual({ accepted: 1 });
    expect(one.state('http')).toMatchObject({ received: 2, deferred: 1, dropped: 0 });
    expect(one.receiver.problems()).toEqual([]);
  });

  test('more than a sender may send a second, is to come again', async () => {
    const one = await bench({ http: { enabled: true }, limits: { senderRate: 10 } });
    const { port } = one.state('http');
    expect((await post(port, '{}\n'.repeat(15))).status).toBe(200);
    const refused = await post(port, '{}');
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, 1]);
    await vi.waitFor(async () => expect((await post(port, '{}')).status).toBe(200), PATIENCE);
  });

  test('a request that takes its time to arrive, is ended', async () => {
    const one = await bench({ http: { enabled: true }, limits: { arrivalSeconds: 1 } });
    const { port } = one.state('http');
    const silent = await tcp(port);
    const slow = await tcp(port);
    slow.write('POST /v1/lines HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    const body = await tcp(port);
    const headers = `Host: a\r\nAuthorization: Bearer ${token}\r\nContent-Length: 100`;
    body.write(`POST /v1/lines HTTP/1.1\r\n${headers}\r\n\r\n{`);
    await Promise.all([silent, slow, body].map(closed));
    await vi.waitFor(() => expect(one.state('http').connections).toBe(0), PATIENCE);
    expect(one.lines).toEqual([]);
  });

  test('connections beyond the limit, are turned away and counted', async () => {
    const one = await bench({ http: { enabled: true }, limits: { connections: 1 } });
    const { port } = one.state('http');
    await tcp(port);
    await vi.waitFor(() => expect(one.state('http').connections).toBe(1), PATIENCE);
    await closed(await tcp(port));
    expect(one.state('http').dropsBy).toEqual({ connections: 1 });
  });

  test('TLS, is spoken with the certificate of the settings', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'yagura-tls-'));
    closing.push(() => rmSync(directory, { recursive: true, force: true }));
    const one = await bench({ http: { enabled: true, ...(await makeCertificate(directory)) } });
    const socket = connectTls({ port: one.state('http').port, host: '127.0.0.1', rejectUnauthorized: false });
    const body = '{"message":"over TLS"}';
    socket.write(
      `POST /v1/lines HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
    expect(one.lines).toHaveLength(1);
  });
});

describe('Settings', () => {
  test('nothing listens, until it is switched on', async () => {
    const one = await bench({});
    expect(one.receiver.states().map(({ state, enabled }) => `${state} ${enabled}`)).toEqual(
      Array(5).fill('unknown false'),
    );
    expect(one.receiver.queues()).toEqual([]);
  });

  test('a change, opens and closes listeners and keeps their counts', async () => {
    const one = await bench({ http: { enabled: true } });
    const { port } = one.state('http');
    await post(port, '{}');
    await one.receiver.apply(receiverSettingsSchema.parse({ http: { enabled: false } }));
    await expect(post(port, '{}')).rejects.toThrow();
    expect(one.state('http')).toMatchObject({ state: 'unknown', received: 1 });
    await one.receiver.apply(receiverSettingsSchema.parse({ http: { enabled: true, port, class: 'ml' } }));
    await post(port, '{}');
    expect(one.lines).toEqual([
      '{"received":{"from":"127.0.0.1"}}',
      '{"received":{"from":"127.0.0.1","class":"ml"}}',
    ]);
    expect(one.state('http')).toMatchObject({ state: 'ok', received: 2 });
  });

  test('a port that is taken, is told and is no hindrance for the rest', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    closing.push(() => void taken.close());
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const one = await bench({ http: { enabled: true, port }, syslogTcp: { enabled: true } });
    expect(one.state('http').reason).toEqual({
      key: 'receiver.problem.portInUse',
      parameters: {
        address: '127.0.0.1',
        port: String(port),
        code: 'EADDRINUSE',
        listener: `http://127.0.0.1:${port}/v1/lines`,
      },
      field: 'receiver.http.port',
    });
    expect(one.receiver.problems().map(({ key }) => key)).toEqual(['receiver.problem.portInUse']);
    expect(one.state('syslogTcp').state).toBe('ok');
  });

  test('beyond this machine, syslog without TLS needs addresses and the rest warns', async () => {
    const refused = await bench({ syslogUdp: { enabled: true, address: '0.0.0.0' } });
    expect(refused.state('syslogUdp')).toMatchObject({
      state: 'error',
      reason: { key: 'receiver.problem.needsAllow', field: 'receiver.allow' },
    });
    const one = await bench({
      syslogUdp: { enabled: true, address: '0.0.0.0' },
      http: { enabled: true, address: '::' },
      otlp: { enabled: true },
      allow: ['192.0.2.0/24', '127.0.0.1'],
    });
    expect(one.state('syslogUdp')).toMatchObject({
      state: 'ok',
      warnings: [{ key: 'receiver.warning.clear' }],
    });
    expect(one.state('http')).toMatchObject({
      state: 'ok',
      warnings: [{ key: 'receiver.warning.clearToken' }],
    });
    expect(one.state('otlp').warnings).toEqual([]);
    // The IPv4 sender of a socket of both families is that IPv4 address.
    expect((await post(one.state('http').port, '{}')).status).toBe(200);
    expect(one.state('http').lastSender).toBe('127.0.0.1');
  });

  test('a time zone that is not known, is told', async () => {
    const one = await bench({ syslogTcp: { enabled: true }, timeZone: 'Mars/Olympus' });
    expect(one.state('syslogTcp').reason).toMatchObject({
      key: 'receiver.problem.timeZone',
      field: 'receiver.timeZone',
    });
  });
});
