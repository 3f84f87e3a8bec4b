import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

  test('gzip, is unpacked', async () => {
    const response = await post(gzipSync('{"message":"packed-b"}'), { 'Content-Encoding': 'gzip' });
    expect(response.status).toBe(200);
    expect(await engine.count('packed-b')).toBe(1);
  });
});
