import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Contract } from '../../../../src-preload/contract/index.ts';
import { Feeds } from '../../../../src-main/engine/api/server/feeds.ts';
import { serve, type WireServer } from '../../../../src-main/engine/api/server/serve.ts';
import type { Fault } from '../../../../src-main/engine/api/server/declared-errors.ts';
import { systemClock } from '../../../../src-main/engine/flow/clock.ts';
import { connectEngine } from '../../../../src-main/wire/connect.ts';
import { readEngineAddress } from '../../../../src-main/wire/engine-address.ts';
import { socketLink } from '../../../../src-main/wire/socket-link.ts';
import { standIn } from '../../../fixtures/stand-in-router.ts';

let directory: string;
let server: WireServer;
const faults: Fault[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'yagura-wire-'));
  const feeds = new Feeds();
  server = await serve({
    router: standIn(feeds, directory).router,
    dataDirectory: directory,
    version: '0.0.0',
    clock: systemClock,
    logFault: (fault) => faults.push(fault),
  });
});
afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

test('smoke', async () => {
  const address = await readEngineAddress(directory);
  const socket = await connectEngine(address!, { path: '/engine' });
  const client = createORPCClient<ContractRouterClient<Contract>>(socketLink(socket));
  expect((await client.system.identity()).processId).toBe(process.pid);
  await expect(client.threats.explain({ line: 'failure' })).rejects.toMatchObject({
    code: 'CONFLICT',
    defined: true,
    data: { key: 'threats.odd', field: 'line', parameters: { line: 1 } },
  });
  await expect(client.threats.explain({ line: '' })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    defined: true,
    data: { field: 'line' },
  });
  await expect(client.threats.explain({ line: 'bug' })).rejects.toMatchObject({
    code: 'INTERNAL',
    defined: true,
  });
  const stream = await client.alerts.watch();
  await expect(async () => {
    for await (const push of stream) expect(push.items).toEqual([]);
  }).rejects.toMatchObject({ code: 'NOT_FOUND', defined: true });
});
