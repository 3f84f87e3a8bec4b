import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { agentFor, proxyVariables } from '../../../src-main/engine/diagnose/components/proxy.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server on loopback that answers with what it was asked for. */
async function echo(name: string): Promise<number> {
  const server = createServer((incoming, response) => response.end(`${name} ${incoming.url ?? ''}`));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function get(url: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const target = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(target, { agent: agentFor(target, environment) }, (response) => {
      let text = '';
      response.on('data', (part) => (text += String(part)));
      response.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('another machine is asked for through the named proxy', async () => {
  const proxy = await echo('proxy');
  const answer = await get('http://orders.example/health', { http_proxy: `http://127.0.0.1:${proxy}` });
  expect(answer).toBe('proxy http://orders.example/health');
});

test('this machine is asked for directly, proxy or not', async () => {
  const proxy = await echo('proxy');
  const service = await echo('service');
  const environment = { HTTP_PROXY: `http://127.0.0.1:${proxy}` };
  expect(await get(`http://127.0.0.1:${service}/health`, environment)).toBe('service /health');
  expect(await get(`http://localhost:${service}/health`, environment)).toBe('service /health');
});

test('an exception of the environment stays one', () => {
  const variables = proxyVariables({ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: '.desk.example' });
  expect(variables?.['NO_PROXY']?.split(',')).toContain('.desk.example');
});

test('without a proxy connections are made directly', () => {
  expect(agentFor(new URL('https://orders.example'), { NO_PROXY: '*', HTTPS_PROXY: '' })).toBe(false);
});
