import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  componentCheckSchema,
  type CheckResult,
  type ComponentCheck,
} from '../../../src-preload/contract/diagnosis.ts';
import { templateOf } from '../../../src-preload/contract/words.ts';
import { componentExaminations, componentIds } from '../../../src-main/engine/diagnose/components/index.ts';
import { loadPresets } from '../../../src-main/engine/diagnose/components/presets.ts';
import { systemProbe } from '../../../src-main/engine/diagnose/probe/system-probe.ts';
import { resultOf } from '../../../src-main/engine/diagnose/result.ts';
import { readWords } from '../../../src-main/locale-files.ts';
import { RecordedProbe, recordingSchema } from './recorded-probe.ts';

const resources = fileURLToPath(new URL('../../../resources', import.meta.url));
const certificate = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`certificates/${name}`, import.meta.url)), 'utf8');
const words = { en: readWords(resources, 'en'), ja: readWords(resources, 'ja') };
const DAY_MS = 86_400_000;

interface Look {
  now?: number;
  authorities?: string[];
  probe?: RecordedProbe;
}

const connections: string[] = [];

/** Looks at one component as a run does. */
async function look(check: Record<string, unknown>, given: Look = {}): Promise<CheckResult> {
  const signal = AbortSignal.timeout(10_000);
  const parsed = componentCheckSchema.parse({ name: 'It', weight: 6, ...check });
  const [examination] = componentExaminations([parsed], {
    probe: given.probe ?? systemProbe(signal),
    outbound: { record: (...parts) => connections.push(parts.join(' ')) },
    authorities: () => given.authorities,
    now: () => given.now ?? Date.now(),
  });
  if (examination === undefined) throw new Error('It is switched off.');
  const result = resultOf(examination, await examination.look(signal), (text) => text);
  for (const { key } of [result.title, result.why, result.found, examination.words.fix]) {
    expect(templateOf(words.en, key), key).toBeTypeOf('string');
    expect(templateOf(words.ja, key), key).toBeTypeOf('string');
  }
  return result;
}

let directory = '';
let web: Server;
let closedPort = 0;
let deaf: TcpServer;
let secure: TcpServer;
const children: ChildProcess[] = [];

async function listening(server: TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
const portOf = (server: TcpServer): number => (server.address() as AddressInfo).port;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-components-'));
  web = createServer((request, response) => {
    if (request.url === '/slow') setTimeout(() => response.end('ok'), 150);
    else if (request.url === '/hang') response.writeHead(200).write('o');
    else if (request.url === '/moved') response.writeHead(302, { location: 'http://192.0.2.1/' }).end();
    else if (request.url === '/endless') {
      response.writeHead(200);
      const block = Buffer.alloc(65_536, 'x');
      const more = (): void => {
        while (response.write(block));
      };
      response.on('drain', more);
      response.on('error', () => undefined);
      more();
    } else response.end('{"status":"ok"}');
  });
  await listening(web);
  // Accepts and never answers.
  deaf = createTcpServer((socket) => socket.on('error', () => undefined));
  await listening(deaf);
  secure = createTlsServer({ key: certificate('server.key'), cert: certificate('server.pem') });
  await listening(secure);
  const passing = createTcpServer();
  closedPort = await listening(passing);
  passing.close();
});
afterAll(() => {
  web.closeAllConnections();
  web.close();
  deaf.close();
  secure.close();
  for (const child of children) child.kill();
  rmSync(directory, { recursive: true, force: true });
});

describe('HTTP component', () => {
  const url = (path: string): string => `http://127.0.0.1:${portOf(web)}${path}`;

  it('passes when it answers as it should, in time', async () => {
    const seen = await look({ kind: 'http', url: url('/'), contains: '"ok"' });
    expect(seen).toMatchObject({ id: 'CMP-it', status: 'pass', points: 6, subject: 'components' });
    expect(connections.at(-1)).toBe(`component 127.0.0.1:${portOf(web)} ok`);
  });

  it('fails for another status, missing text, slowness (half the points), silence and a closed port', async () => {
    expect(await look({ kind: 'http', url: url('/'), status: 204 })).toMatchObject({ status: 'fail' });
    expect(await look({ kind: 'http', url: url('/'), contains: 'absent' })).toMatchObject({ status: 'fail' });
    expect(await look({ kind: 'http', url: url('/slow'), slowMs: 50 })).toMatchObject({
      status: 'fail',
      severity: 'warning',
      points: 3,
    });
    expect(await look({ kind: 'http', url: url('/hang'), timeoutMs: 200 })).toMatchObject({
      found: { key: 'diagnose.component.found.http.noAnswer' },
    });
    await look({ kind: 'http', url: `http://127.0.0.1:${closedPort}/` });
    expect(connections.at(-1)).toBe(`component 127.0.0.1:${closedPort} failed`);
  });

  it('follows no redirect, and shows where it leads', async () => {
    const seen = await look({ kind: 'http', url: url('/moved') });
    expect(seen.status).toBe('fail');
    expect(seen.evidence.at(-1)?.text).toBe('Location: http://192.0.2.1/');
    expect(await look({ kind: 'http', url: url('/moved'), status: 302 })).toMatchObject({ status: 'pass' });
  });

  it('reads no more than a megabyte of an endless answer', async () => {
    const seen = await look({ kind: 'http', url: url('/endless'), slowMs: 15_000, timeoutMs: 15_000 });
    expect(seen.status).toBe('pass');
    expect(Number(/(\d+) bytes/.exec(seen.evidence[0]?.text ?? '')?.[1])).toBeLessThan(2_000_000);
  });

  it('shows neither name and password nor query of the address', async () => {
    const seen = await look({
      kind: 'http',
      url: `http://me:secret@127.0.0.1:${portOf(web)}/?token=secret`,
    });
    expect(JSON.stringify(seen)).not.toContain('secret');
  });
});

describe('TCP component', () => {
  it('passes when somebody accepts, and fails when nobody does; both are in the list of connections', async () => {
    expect(await look({ kind: 'tcp', host: '127.0.0.1', port: portOf(deaf) })).toMatchObject({
      status: 'pass',
    });
    expect(connections.at(-1)).toBe(`component 127.0.0.1:${portOf(deaf)} ok`);
    expect(await look({ kind: 'tcp', host: '127.0.0.1', port: closedPort })).toMatchObject({
      status: 'fail',
      evidence: [{ text: 'ECONNREFUSED' }],
    });
  });
});

describe('TLS component', () => {
  const tls = (given: Look, host = 'localhost', days = 21): Promise<CheckResult> =>
    look({ kind: 'tls', host, port: portOf(secure), days }, given);
  const authorities = [certificate('authority.pem')];
  const endOf = (seen: CheckResult): number =>
    Date.parse(/valid to (\S+)/.exec(seen.evidence[2]?.text ?? '')?.[1] ?? '');

  it('passes for a trusted certificate of that name, and is in the list of connections', async () => {
    expect(await tls({ authorities })).toMatchObject({ status: 'pass' });
    expect(connections.at(-1)).toBe(`certificate localhost:${portOf(secure)} ok`);
  });

  it('fails for one that nobody vouches for, of another name, expired, or soon to be (half the points)', async () => {
    const found = (result: CheckResult): string => result.found.key.split('.').at(-1) ?? '';
    expect(found(await tls({ authorities: [] }))).toBe('untrusted');
    expect(found(await tls({ authorities }, '127.0.0.1'))).toBe('otherName');
    const end = endOf(await tls({ authorities }));
    expect(found(await tls({ authorities, now: end + DAY_MS }))).toBe('expired');
    expect(await tls({ authorities, now: end - 10 * DAY_MS })).toMatchObject({
      status: 'fail',
      severity: 'warning',
      points: 3,
      found: { key: 'diagnose.component.found.tls.soon', parameters: { days: 10 } },
    });
  });

  it('fails where there is no TLS', async () => {
    const seen = await look({ kind: 'tls', host: '127.0.0.1', port: portOf(web), timeoutMs: 1000 });
    expect(seen.found.key).toBe('diagnose.component.found.tls.noAnswer');
  });
});

describe('File age component', () => {
  it('passes for a fresh file (of a link: what it points to), fails for an old or absent one', async () => {
    const file = join(directory, 'ticks.csv');
    writeFileSync(file, '1');
    symlinkSync(file, join(directory, 'latest'));
    const check = { kind: 'fileAge', path: join(directory, 'latest'), maximumSeconds: 60 };
    expect(await look(check)).toMatchObject({ status: 'pass' });
    utimesSync(file, 1_600_000_000, 1_600_000_000);
    expect(await look(check)).toMatchObject({ status: 'fail', points: 0 });
    expect(await look({ ...check, path: join(directory, 'none') })).toMatchObject({
      found: { key: 'diagnose.component.found.fileAge.absent' },
    });
  });
});

describe('Command component', () => {
  it('passes by exit code and output, and runs nothing through a shell', async () => {
    const check = { kind: 'command', program: 'printf', arguments: ['%s', 'RTX; `touch x` $HOME'] };
    const seen = await look({ ...check, contains: '$HOME' });
    expect(seen).toMatchObject({ status: 'pass' });
    expect(seen.evidence[1]?.text).toBe('RTX; `touch x` $HOME');
    expect(await look({ ...check, contains: '/root' })).toMatchObject({ status: 'fail' });
    expect(await look({ kind: 'command', program: 'false' })).toMatchObject({ status: 'fail' });
    expect(await look({ kind: 'command', program: 'false', exitCode: 1 })).toMatchObject({ status: 'pass' });
  });

  it('fails when it takes too long, is unknown when it is not there', async () => {
    const slow = { kind: 'command', program: 'sleep', arguments: ['20'], timeoutMs: 100 };
    expect(await look(slow)).toMatchObject({ status: 'fail' });
    expect(await look({ kind: 'command', program: 'no-such-program' })).toMatchObject({ status: 'unknown' });
  });
});

describe('Process and port components', () => {
  it('find what really runs, by its name and by the script it runs', async () => {
    const script = join(directory, 'predict-for-test.mjs');
    writeFileSync(
      script,
      "import { createServer } from 'node:net';\ncreateServer().listen(0, '127.0.0.1', function () { console.log(this.address().port); });\n",
    );
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const port = Number(line.toString());
    expect(await look({ kind: 'process', process: 'predict-for-test.mjs' })).toMatchObject({
      status: 'pass',
    });
    expect(await look({ kind: 'process', process: 'predict-for-test.mjs', atLeast: 2 })).toMatchObject({
      status: 'fail',
    });
    expect(await look({ kind: 'process', process: 'no-such-process' })).toMatchObject({ status: 'fail' });
    expect(await look({ kind: 'port', port })).toMatchObject({
      status: 'pass',
      evidence: [{ text: '127.0.0.1' }],
    });
    expect(await look({ kind: 'port', port: closedPort })).toMatchObject({ status: 'fail' });
  });

  it('are unknown where the system does not tell', async () => {
    const probe = new RecordedProbe(recordingSchema.parse({ forbidden: ['/proc'] }));
    expect(await look({ kind: 'process', process: 'x' }, { probe })).toMatchObject({ status: 'unknown' });
    expect(await look({ kind: 'port', port: 1 }, { probe })).toMatchObject({ status: 'unknown' });
  });

  it('read what Windows and macOS answer', async () => {
    const windows = new RecordedProbe(
      recordingSchema.parse({
        platform: 'win32',
        commands: {
          'tasklist /fo csv /nh': { stdout: '"Gateway.exe","812","Services","0","10,000 K"\r\n' },
          'netstat -ano': {
            stdout: '  TCP    0.0.0.0:9878           0.0.0.0:0              LISTENING       812\r\n',
          },
        },
      }),
    );
    expect(await look({ kind: 'process', process: 'gateway' }, { probe: windows })).toMatchObject({
      status: 'pass',
    });
    expect(await look({ kind: 'port', port: 9878 }, { probe: windows })).toMatchObject({ status: 'pass' });
    const macos = new RecordedProbe(
      recordingSchema.parse({
        platform: 'darwin',
        commands: {
          'ps -axww -o args=': { stdout: '/usr/bin/python3 /opt/desk/predict.py --port 8000\n' },
          'netstat -an -p tcp': {
            stdout: 'tcp4       0      0  127.0.0.1.8000         *.*                    LISTEN\n',
          },
        },
      }),
    );
    expect(await look({ kind: 'process', process: 'predict.py' }, { probe: macos })).toMatchObject({
      status: 'pass',
    });
    expect(await look({ kind: 'port', port: 8000 }, { probe: macos })).toMatchObject({ status: 'pass' });
  });
});

describe('Components', () => {
  it('have ids from their names, unique and the same in every run', () => {
    expect(
      componentIds([{ name: 'Order Gateway' }, { name: '発注 経路' }, { name: 'order-gateway' }]),
    ).toEqual(['CMP-order-gateway', 'CMP-発注-経路', 'CMP-order-gateway-2']);
    expect(componentIds([{ name: '!!' }])).toEqual(['CMP-component']);
  });

  it('that are switched off are left out', () => {
    const checks: ComponentCheck[] = [
      componentCheckSchema.parse({ kind: 'port', name: 'a', port: 1, enabled: false }),
    ];
    const context = {
      probe: new RecordedProbe(recordingSchema.parse({})),
      outbound: { record: () => undefined },
      authorities: () => undefined,
      now: () => 0,
    };
    expect(componentExaminations(checks, context)).toEqual([]);
  });

  it('come as presets, with words in both languages', () => {
    for (const language of ['en', 'ja'] as const) {
      const presets = loadPresets(join(resources, 'components'), language);
      expect(presets.map((preset) => preset.id)).toEqual([
        'gpu',
        'market-data',
        'order-gateway',
        'prediction-api',
      ]);
      for (const { title, description, checks } of presets) {
        expect(templateOf(words[language], title.key)).toBeTypeOf('string');
        expect(templateOf(words[language], description.key)).toBeTypeOf('string');
        expect(checks.length).toBeGreaterThanOrEqual(3);
      }
    }
  });
});
