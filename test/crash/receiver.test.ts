import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { callLimit, type EngineConnection } from '../../src-main/wire/engine-client.ts';
import { freePort } from '../free-port.ts';
import { requireProgram } from '../programs.ts';
import { answering, run, until, watching, type Run } from './yagura.ts';

const directory = mkdtempSync(join(tmpdir(), 'yagura-received-'));
const data = join(directory, 'data');
const running: Run[] = [];
let connection: EngineConnection | undefined;

afterEach(async () => {
  connection?.close();
  for (const each of running.splice(0)) await each.kill();
  rmSync(directory, { recursive: true, force: true });
});

async function start(): Promise<Run> {
  const engine = watching(data);
  running.push(engine);
  connection = await answering(engine, data);
  await until('it listens', async () => {
    const state = await connection?.client.receiver.state(undefined, callLimit());
    return state?.listeners.filter((listener) => listener.state === 'ok').length === 2;
  });
  return engine;
}

const stored = async (text: string): Promise<number> =>
  (await connection?.client.logs.count({ filter: { text } }, callLimit()))?.count ?? 0;

/** A rsyslog of its own, which forwards what is appended to a file. */
function startRsyslog(port: number): string {
  const program = requireProgram('rsyslogd', 'rsyslog');
  const input = join(directory, 'app.log');
  const configuration = join(directory, 'rsyslog.conf');
  writeFileSync(input, '');
  writeFileSync(
    configuration,
    `global(workDirectory="${directory}" net.enableDNS="off")
module(load="imfile")
input(type="imfile" file="${input}" tag="app:" ruleset="forward")
ruleset(name="forward") {
  action(type="omfwd" target="127.0.0.1" port="${port}" protocol="tcp" TCP_Framing="octet-counted"
         action.resumeRetryCount="-1" action.resumeInterval="1" queue.type="LinkedList")
}
`,
  );
  running.push(run(program, ['-n', '-f', configuration, '-i', join(directory, 'rsyslog.pid')]));
  return input;
}

it('stores once what it answered for, and takes what waited at rsyslog, when it is killed while it receives', async () => {
  const http = await freePort();
  const tcp = await freePort();
  mkdirSync(data);
  writeFileSync(
    join(data, 'settings.yaml'),
    `logs: { discover: false }
receiver: { http: { enabled: true, port: ${http} }, syslogTcp: { enabled: true, port: ${tcp} } }
`,
  );
  const engine = await start();
  const token = (await connection?.client.receiver.rotateToken(undefined, callLimit()))?.token ?? '';
  const post = (message: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${http}/v1/lines`, {
      method: 'POST',
      body: JSON.stringify({ message }),
      headers: { Authorization: `Bearer ${token}` },
    });
  const input = startRsyslog(tcp);
  appendFileSync(input, 'waiting before\n'.repeat(50));
  await until('lines of rsyslog are stored', async () => (await stored('waiting before')) === 50);

  const answered: number[] = [];
  let number = 0;
  const senders = Array.from({ length: 4 }, async () => {
    for (;;) {
      number += 1;
      const own = number;
      const response = await post(`posted ${own}`).catch(() => undefined);
      if (response === undefined) return;
      if (response.status === 200) answered.push(own);
    }
  });
  await until('requests are answered', () => answered.length >= 60);
  await engine.kill();
  await Promise.all(senders);
  connection?.close();
  appendFileSync(input, 'waiting while down\n'.repeat(50));

  await start();
  await until('rsyslog has sent the rest', async () => (await stored('waiting while down')) >= 50);
  const { lines } = (await connection?.client.logs.search(
    { filter: { text: 'posted' }, limit: 1000 },
    callLimit(),
  )) ?? { lines: [] };
  const kept = lines.map(({ text }) => Number(/posted (\d+)/.exec(text)?.[1]));
  expect(new Set(kept).size).toBe(kept.length);
  expect(answered.filter((each) => !kept.includes(each))).toEqual([]);
  // The token is still the same one, and lines of the new run are not taken for those of the run before.
  expect((await post('posted after')).status).toBe(200);
  expect(await stored('posted after')).toBe(1);
  expect(await stored('waiting while down')).toBe(50);
});
