import { appendFileSync, renameSync, truncateSync, writeFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConnectionLedger } from '../../../../../src-main/engine/connection-ledger.ts';
import { systemClock } from '../../../../../src-main/engine/flow/clock.ts';
import { parseRemote, quoted } from '../../../../../src-main/engine/sources/logs/ssh/address.ts';
import { complaintOf } from '../../../../../src-main/engine/sources/logs/ssh/complaint.ts';
import {
  RemoteTail,
  type RemoteTailOptions,
} from '../../../../../src-main/engine/sources/logs/ssh/remote-tail.ts';
import { MemoryStore, asText, numbered } from '../tail-harness.ts';
import { sshServer, until, type SshServer } from './ssh-server.ts';

interface Following {
  tail: RemoteTail;
  ledger: ConnectionLedger;
  stop(): Promise<void>;
}

function follow(
  server: SshServer,
  path: string,
  store: MemoryStore,
  more: Partial<RemoteTailOptions> = {},
): Following {
  const ledger = new ConnectionLedger(systemClock);
  const tail = new RemoteTail({
    id: `ssh://desk${path}`,
    file: server.remote(path),
    registry: store.registry,
    known: store.known,
    clock: systemClock,
    outbound: ledger,
    session: server.session(),
    timings: { poll: 20, partial: 150, retry: [50] },
    ...more,
  });
  const consumed = (async () => {
    for (let chunk = await tail.next(); chunk !== undefined; chunk = await tail.next()) {
      store.take(chunk);
      tail.release();
    }
  })();
  const stop = async (): Promise<void> => {
    tail.close();
    await consumed;
  };
  onTestFinished(stop);
  return { tail, ledger, stop };
}

describe('a file followed by SSH', () => {
  test('gives what is there and what is appended, and goes on after a restart where it stood', async () => {
    const server = await sshServer();
    // A name that a shell would take apart.
    const path = join(server.directory, "it's $(touch bad) `log`; a b.log");
    const store = new MemoryStore();
    writeFileSync(path, asText(numbered('first', 2000)));
    const first = follow(server, path, store);
    await store.untilLines(2000);
    appendFileSync(path, 'half a');
    appendFileSync(path, asText([' line', ...numbered('second', 10)]));
    await store.untilLines(2011);
    expect(first.ledger.list().connections).toMatchObject([
      { purpose: 'logs', destination: `127.0.0.1:${server.port}`, lastOutcome: 'ok' },
    ]);
    await first.stop();
    appendFileSync(path, asText(numbered('third', 10)));
    follow(server, path, store);
    await store.untilLines(2021);
    expect(store.lines).toEqual([
      ...numbered('first', 2000),
      'half a line',
      ...numbered('second', 10),
      ...numbered('third', 10),
    ]);
    expect(store.streams).toHaveLength(1);
    expect(store.chunks.at(-1)).toMatchObject({ live: true, fd: -1 });
  });

  test('is followed through rotation, truncation, deletion and re-creation, each time as another stream', async () => {
    const server = await sshServer();
    const path = join(server.directory, 'app.log');
    const store = new MemoryStore();
    writeFileSync(path, asText(numbered('one', 5)));
    const { tail } = follow(server, path, store);
    await store.untilLines(5);
    renameSync(path, `${path}.1`);
    appendFileSync(`${path}.1`, asText(numbered('late', 3)));
    writeFileSync(path, asText(numbered('two', 5)));
    await store.untilLines(13);
    truncateSync(path);
    await until(() => store.streams.length === 3);
    appendFileSync(path, asText(numbered('three', 2)));
    await store.untilLines(15);
    rmSync(path);
    await until(() => tail.state.reason?.key === 'sources.reason.vanished');
    writeFileSync(path, asText(numbered('four', 2)));
    await store.untilLines(17);
    await until(() => tail.state.reason === undefined);
    expect(store.lines).toEqual([
      ...numbered('one', 5),
      ...numbered('late', 3),
      ...numbered('two', 5),
      ...numbered('three', 2),
      ...numbered('four', 2),
    ]);
  });

  test('rotated while nobody watched is read to its end by its inode, then the new one', async () => {
    const server = await sshServer();
    const path = join(server.directory, 'app.log');
    const store = new MemoryStore();
    writeFileSync(path, asText(numbered('one', 50)));
    const first = follow(server, path, store);
    await store.untilLines(50);
    await first.stop();
    appendFileSync(path, asText(numbered('unseen', 5)));
    renameSync(path, `${path}.1`);
    writeFileSync(path, asText(numbered('two', 5)));
    follow(server, path, store);
    await store.untilLines(60);
    expect(store.lines).toEqual([...numbered('one', 50), ...numbered('unseen', 5), ...numbered('two', 5)]);
  });

  test('goes on without loss or repetition when the server is killed and comes back', async () => {
    const server = await sshServer();
    const path = join(server.directory, 'app.log');
    const store = new MemoryStore();
    writeFileSync(path, asText(numbered('one', 30_000)));
    const { tail } = follow(server, path, store);
    await store.untilLines(2_000);
    await server.stop();
    await until(() => tail.state.reason !== undefined);
    expect(tail.state.reason?.key).toMatch(/^sources\.reason\.ssh(Unreachable|Ended)$/);
    appendFileSync(path, asText(numbered('two', 100)));
    await server.start();
    await store.untilLines(30_100);
    await until(() => tail.state.reason === undefined);
    expect(store.lines).toEqual([...numbered('one', 30_000), ...numbered('two', 100)]);
  });

  test.each([
    ['an unknown host', 'none', 'user', 'sshHostUnknown'],
    ['a host whose key changed', 'changed', 'user', 'sshHostChanged'],
    ['a key that is not let in', 'known', 'stranger', 'sshDenied'],
  ])('%s is refused with a reason, and nothing is read', async (_, hosts, key, reason) => {
    const server = await sshServer();
    const path = join(server.directory, 'app.log');
    writeFileSync(path, 'a line\n');
    const store = new MemoryStore();
    const session = { ...server.session(hosts), identity: join(server.directory, key) };
    const { tail, ledger } = follow(server, path, store, { session });
    await until(() => tail.state.reason !== undefined);
    expect(tail.state.reason).toMatchObject({
      key: `sources.reason.${reason}`,
      parameters: { host: '127.0.0.1', command: expect.stringMatching(/^ssh -p \d+ \S+@127\.0\.0\.1$/) },
    });
    expect(ledger.list().connections).toMatchObject([{ lastOutcome: 'failed' }]);
    expect(store.lines).toEqual([]);
  });

  test('waits for a file that is not there yet', async () => {
    const server = await sshServer();
    const path = join(server.directory, 'later.log');
    const store = new MemoryStore();
    const { tail } = follow(server, path, store);
    await until(() => tail.state.reason?.key === 'sources.reason.absent');
    writeFileSync(path, 'here\n');
    await store.untilLines(1);
  });

  test('reads no further than its lines are taken', async () => {
    const server = await sshServer();
    const path = join(server.directory, 'app.log');
    writeFileSync(path, asText(numbered('one', 40_000)));
    const store = new MemoryStore();
    const tail = new RemoteTail({
      id: 'ssh://desk/app.log',
      file: server.remote(path),
      registry: store.registry,
      known: store.known,
      clock: systemClock,
      outbound: new ConnectionLedger(systemClock),
      session: server.session(),
    });
    onTestFinished(() => tail.close());
    const chunk = await tail.next();
    // Lag is told, and not a byte beyond one read has come.
    expect(chunk?.to).toBeLessThanOrEqual(256 * 1024);
    expect(tail.state.lagBytes).toBeGreaterThan(500_000);
  });
});

describe('the address of a remote file', () => {
  test('has a host and a path, a user and a port if need be', () => {
    expect(parseRemote('ssh://ops@desk.example:2222/var/log/a b.log')).toEqual({
      user: 'ops',
      host: 'desk.example',
      port: 2222,
      path: '/var/log/a b.log',
    });
    expect(parseRemote('ssh://[::1]/x')).toMatchObject({ host: '::1', user: undefined, port: undefined });
  });

  test.each([
    'ssh://-oProxyCommand=x/y',
    'ssh://-l@host/y',
    'ssh://host',
    'ssh://host:0/x',
    'ssh://host:70000/x',
    'ssh:///x',
    'ssh://ho st/x',
    'ssh://host/x\ny',
    'ssh://$(x)/y',
  ])('%j is none', (address) => expect(parseRemote(address)).toBeUndefined());

  test('is one word for a shell, whatever is in it', () => {
    expect(quoted("a'b $(c)")).toBe("'a'\\''b $(c)'");
  });

  test('that can not be resolved, or without an ssh program, is told from one that refuses', () => {
    const remote = { user: undefined, host: 'desk', port: undefined, path: '/x' };
    const kind = (said: string): string => complaintOf(said, remote).key;
    expect(kind('ssh: Could not resolve hostname desk: Name or service not known')).toContain(
      'sshUnresolved',
    );
    expect(kind('spawn ssh ENOENT')).toContain('sshMissing');
    expect(kind('something else')).toContain('sshEnded');
  });
});
