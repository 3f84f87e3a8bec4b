import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { MAX_CALLS_PER_CONNECTION } from '../../../../src-main/engine/api/server/connection.ts';
import { MAX_CONNECTIONS } from '../../../../src-main/engine/api/server/serve.ts';
import { readEngineAddress } from '../../../../src-main/wire/engine-address.ts';
import { closeOf, knock, startWire } from '../../../fixtures/wire.ts';

/** The user of Linux and macOS that owns nothing. */
const NOBODY = 65534;

test('the door, without a token, stays shut and counts', async () => {
  const { server, address } = await startWire();
  expect(await knock(address.file.socket, '/engine', {})).toBe(401);
  expect(await knock(address.file.socket, '/host', {})).toBe(401);
  expect(server.counters.unauthorised).toBe(2);
  expect(server.counters.connections).toBe(0);
});

test.each([
  ['empty', () => ''],
  ['another', () => 'Bearer 0000'],
  ['cut by one character', (token: string) => `Bearer ${token.slice(0, -1)}`],
  ['longer by one character', (token: string) => `Bearer ${token}0`],
  ['under another scheme', (token: string) => `Basic ${token}`],
  ['very long', (token: string) => `Bearer ${token.repeat(50)}`],
])('the door, with a token that is %s, stays shut', async (_name, header) => {
  const { server, address } = await startWire();
  const authorization = header(address.token);
  expect(await knock(address.file.socket, '/engine', { authorization })).toBe(401);
  expect(server.counters.unauthorised).toBe(1);
});

test('the door, with the token, opens to the two known paths alone', async () => {
  const { address } = await startWire();
  const headers = { authorization: `Bearer ${address.token}` };
  expect(await knock(address.file.socket, '/engine', headers)).toBe(101);
  expect(await knock(address.file.socket, '/host', headers)).toBe(101);
  expect(await knock(address.file.socket, '/other', headers)).toBe(404);
  expect(await knock(address.file.socket, '/engine?x=1', headers)).toBe(404);
});

test('a plain request, whatever its path, is not answered with anything', async () => {
  const { address } = await startWire();
  const answer = await exchange(address.file.socket, 'GET /engine HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  expect(answer).not.toContain('0.0.0');
});

test('a caller that speaks no HTTP is cut off, and others are served', async () => {
  const { address, face } = await startWire();
  expect(await exchange(address.file.socket, '\0\0\0\0 nonsense\r\n\r\n')).toBe('');
  expect((await (await face()).client.system.identity()).processId).toBe(process.pid);
});

test('socket, token and address belong to their user alone', async () => {
  const { directory, address } = await startWire();
  for (const file of ['engine.json', 'engine.token', 'engine.sock'])
    expect((await stat(join(directory, file))).mode & 0o777, file).toBe(0o600);
  expect(address.token).toMatch(/^[0-9a-f]{64}$/);
});

test('another user of the machine can neither read the token nor connect', async () => {
  const { directory, address } = await startWire();
  // The directory open to all, so that the files' own rights are what is tested.
  await chmod(directory, 0o755);
  const script = `
    const { readFileSync } = require('node:fs');
    const said = {};
    try { readFileSync(process.argv[1] + '/engine.token'); said.token = 'read'; } catch (error) { said.token = error.code; }
    const socket = require('node:net').connect(process.argv[2]);
    const tell = (how) => { said.socket = how; console.log(JSON.stringify(said)); process.exit(0); };
    socket.on('connect', () => tell('connected')).on('error', (error) => tell(error.code));`;
  const foreign = process.getuid?.() === 0;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['-e', script, directory, address.file.socket],
    {
      // Only root can become another user; anybody else sees at least that the script tells the truth.
      ...(foreign ? { uid: NOBODY, gid: NOBODY } : {}),
      cwd: '/',
    },
  );
  expect(JSON.parse(stdout)).toEqual(
    foreign ? { token: 'EACCES', socket: 'EACCES' } : { token: 'read', socket: 'connected' },
  );
});

test('every start has a token of its own, and the old one opens nothing', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'yagura-wire-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const first = await startWire({ dataDirectory: directory });
  await first.server.close();
  const second = await startWire({ dataDirectory: directory });
  expect(second.address.token).not.toBe(first.address.token);
  const authorization = `Bearer ${first.address.token}`;
  expect(await knock(second.address.file.socket, '/engine', { authorization })).toBe(401);
});

test('closing ends every connection and leaves no socket, token or address', async () => {
  const { server, directory, face } = await startWire();
  const { socket } = await face();
  const closed = closeOf(socket);
  await server.close();
  expect(await closed).toBe(4003);
  expect(await readdir(directory)).toEqual([]);
  expect(await readEngineAddress(directory)).toBeUndefined();
});

test('a socket left over by a killed engine is replaced', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'yagura-wire-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'engine.sock'), '');
  await writeFile(join(directory, 'engine.json'), '{');
  const { face } = await startWire({ dataDirectory: directory });
  expect((await (await face()).client.system.identity()).processId).toBe(process.pid);
});

test('a data directory with a long path listens at a short one, in a directory of its own', async () => {
  const base = await mkdtemp(join(tmpdir(), 'yagura-wire-'));
  onTestFinished(() => rm(base, { recursive: true, force: true }));
  const directory = join(base, 'a'.repeat(120));
  const runtimeDirectory = join(base, 'run');
  await mkdir(directory);
  await mkdir(runtimeDirectory);
  const place = {
    platform: process.platform,
    runtimeDirectory,
    temporaryDirectory: tmpdir(),
    userId: process.getuid?.(),
  };
  const { address, face, server } = await startWire({ dataDirectory: directory, place });
  expect(address.file.socket.startsWith(runtimeDirectory)).toBe(true);
  expect(Buffer.byteLength(address.file.socket)).toBeLessThan(104);
  expect((await stat(join(address.file.socket, '..'))).mode & 0o777).toBe(0o700);
  expect((await (await face()).client.system.identity()).processId).toBe(process.pid);
  await server.close();
  await expect(stat(address.file.socket)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('connections beyond the limit are refused and counted; a place that is free again is given', async () => {
  const { server, socket, address } = await startWire();
  const sockets = await Promise.all(Array.from({ length: MAX_CONNECTIONS }, socket));
  await expect(socket()).rejects.toThrow();
  expect(server.counters.connectionsRefused).toBe(1);
  expect(server.queues()).toContainEqual({
    name: 'wire.connections',
    depth: MAX_CONNECTIONS,
    limit: MAX_CONNECTIONS,
    dropped: 1,
  });
  sockets[0]!.close();
  await closeOf(sockets[0]!);
  await expect
    .poll(() =>
      knock(address.file.socket, '/engine', { authorization: `Bearer ${address.token}` }).catch(() => 0),
    )
    .toBe(101);
});

test('calls of one connection beyond the limit are refused and counted; another connection is served', async () => {
  const { server, stand, face } = await startWire();
  const greedy = await face();
  const leave = new AbortController();
  const slow = Array.from({ length: MAX_CALLS_PER_CONNECTION + 5 }, () =>
    greedy.client.logs
      .search({ filter: { text: 'slow' } }, { signal: leave.signal })
      .catch((error: unknown) => error),
  );
  const refused = await Promise.all(slow.slice(MAX_CALLS_PER_CONNECTION));
  for (const error of refused)
    expect(error).toMatchObject({ code: 'UNAVAILABLE', data: { key: 'wire.tooManyCalls' } });
  expect(server.counters.callsRefused).toBe(5);
  expect(server.queues()).toContainEqual({
    name: 'wire.calls',
    depth: MAX_CALLS_PER_CONNECTION,
    limit: MAX_CALLS_PER_CONNECTION,
    dropped: 5,
  });
  expect((await (await face()).client.system.identity()).processId).toBe(process.pid);
  leave.abort();
  await expect.poll(() => stand.cancelled.length).toBe(MAX_CALLS_PER_CONNECTION);
  expect((await greedy.client.system.identity()).processId).toBe(process.pid);
  expect(server.queues().find((queue) => queue.name === 'wire.calls')?.depth).toBe(0);
});

/** Sends text and gives what comes back until the other end closes. */
function exchange(path: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect(path, () => socket.write(text));
    socket.on('data', (part) => parts.push(part));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(parts).toString('utf8')));
  });
}
