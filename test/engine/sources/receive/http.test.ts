import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callLimit } from '../../../../src-main/wire/engine-client.ts';
import { yagura } from '../../../crash/yagura.ts';
import { ReceivingEngine } from './receiving-engine.ts';

describe('HTTP receiver', () => {
  let engine: ReceivingEngine;
  let url: string;
  let token: string;

  beforeAll(async () => {
    engine = await ReceivingEngine.start(['http'], { 'http.class': 'api' });
    url = `http://127.0.0.1:${await engine.portOf('http')}/v1/lines`;
    token = await engine.token();
  });
  afterAll(() => engine.stop());

  const post = (
    body: string | Buffer<ArrayBuffer>,
    headers: Record<string, string> = {},
    to = url,
  ): Promise<Response> =>
    fetch(to, {
      method: 'POST',
      body,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
    });

  test('an object, an array and JSON lines, are stored when the answer comes', async () => {
    expect(await (await post('{"message":"one of form-a","order":9007199254740993}')).json()).toEqual({
      accepted: 1,
    });
    expect(
      await (await post('[{"message":"two of form-a"},\n {"message":\n"three of form-a"}]')).json(),
    ).toEqual({ accepted: 2 });
    expect(
      await (
        await post('{"message":"four of form-a"}\r\n{"message":"five of form-a","class":"ml"}\n')
      ).json(),
    ).toEqual({ accepted: 2 });
    expect(await engine.lines('form-a')).toEqual([
      '{"message":"one of form-a","order":9007199254740993,"received":{"from":"127.0.0.1","class":"api"}}',
      '{"message":"two of form-a","received":{"from":"127.0.0.1","class":"api"}}',
      '{"message": "three of form-a","received":{"from":"127.0.0.1","class":"api"}}',
      '{"message":"four of form-a","received":{"from":"127.0.0.1","class":"api"}}',
      '{"message":"five of form-a","class":"ml","received":{"from":"127.0.0.1","class":"ml"}}',
    ]);
  });

  test('class and sender, are searched as fields', async () => {
    await post('{"message":"kept","class":"performance"}');
    expect(await engine.count('received.class:performance')).toBe(1);
    expect(await engine.count('received.class:performance received.from:192.0.2.1')).toBe(0);
  });

  test('gzip, is unpacked', async () => {
    const response = await post(gzipSync('{"message":"packed-b"}'), { 'Content-Encoding': 'gzip' });
    expect(response.status).toBe(200);
    expect(await engine.count('packed-b')).toBe(1);
  });

  test('a listener, is a source with its lines', async () => {
    const before = await engine.count('counted-c');
    await post('{"message":"counted-c"}');
    const sources = await engine.client.logs.sources(undefined, callLimit());
    const source = sources.find(({ id }) => id === 'receiver:http');
    expect(source).toMatchObject({ kind: 'receiver', path: url, state: 'ok', enabled: true, format: 'json' });
    expect(source?.lines).toBeGreaterThan(before);
    const { sources: health, queues } = await engine.client.system.status(undefined, callLimit());
    expect(health.find(({ id }) => id === 'receiver:http')).toMatchObject({ kind: 'receiver', state: 'ok' });
    expect(queues.find(({ name }) => name === 'receive.http')).toMatchObject({ depth: 0, dropped: 0 });
  });

  test('the terminal, tells the state and makes a token', async () => {
    const told = yagura(['receiver', 'state', '--data', join(engine.directory, 'data')]);
    expect(await told.ended).toMatchObject({ code: 0 });
    expect(told.stdout()).toMatch(/^Syslog over UDP +Off\n/);
    expect(told.stdout()).toMatch(
      /\nJSON over HTTP +Listening +127\.0\.0\.1:\d+ +Received \d+ +Dropped 0 +Last sender 127\.0\.0\.1 /,
    );
    const made = yagura(['receiver', 'token', '--data', join(engine.directory, 'data')]);
    expect(await made.ended).toMatchObject({ code: 0 });
    token = made.stdout().trim();
    expect((await post('{}')).status).toBe(200);
  });

  test('a new token, closes the way for the one before and is in the audit', async () => {
    const old = token;
    token = await engine.token();
    expect(token).not.toBe(old);
    expect((await post('{"message":"new-d"}')).status).toBe(200);
    expect((await post('{"message":"old-d"}', { Authorization: `Bearer ${old}` })).status).toBe(401);
    const { entries } = await engine.client.audit.list({ limit: 10 }, callLimit());
    expect(entries.filter(({ action }) => action === 'receiverTokenMade').length).toBeGreaterThan(0);
    for (const name of readdirSync(engine.directory, { recursive: true, encoding: 'utf8' })) {
      const path = join(engine.directory, name);
      if (statSync(path).isFile()) expect(readFileSync(path).includes(token), name).toBe(false);
    }
  });
});
