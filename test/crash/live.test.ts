import Database from 'better-sqlite3';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callLimit, type EngineConnection } from '../../src-main/wire/engine-client.ts';
import { answering, holdsText, storedTexts, until, watching, yagura, type Run } from './yagura.ts';

const ATTACKER = '203.0.113.77';

let directory = '';
let data = '';
let log = '';
let engine: Run | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-live-'));
  data = join(directory, 'data');
  log = join(directory, 'auth.log');
  mkdirSync(data);
  writeSettings();
  writeFileSync(log, '');
});
afterEach(async () => {
  await engine?.kill();
  engine = undefined;
  rmSync(directory, { recursive: true, force: true });
});

function writeSettings(more = ''): void {
  const path = JSON.stringify(log);
  writeFileSync(
    join(data, 'settings.yaml'),
    `logs:\n  discover: false\n  sources:\n    - path: ${path}\n      class: audit\n      timeZone: UTC\n${more}`,
  );
}

function start(): Promise<EngineConnection> {
  engine = watching(data);
  return answering(engine, data);
}

async function stop(): Promise<void> {
  engine?.child.kill('SIGTERM');
  expect(await engine?.ended).toMatchObject({ code: 0 });
  engine = undefined;
}

async function kill(): Promise<void> {
  await engine?.kill();
  engine = undefined;
}

function failedSignIn(number: number): string {
  const stamp = new Date().toISOString().slice(0, 19);
  return `${stamp}Z bastion sshd[${1000 + number}]: Failed password for root from ${ATTACKER} port ${40_000 + number} ssh2\n`;
}

const isStored = (part: string): Promise<void> => until(`"${part}" is stored`, () => holdsText(data, part));

async function alertsOfAttacker(connection: EngineConnection) {
  const alerts = await connection.client.alerts.active(undefined, callLimit());
  return alerts.filter((alert) => alert.address === ATTACKER && alert.state === 'firing');
}

describe('An engine killed around the fifth failed sign-in', () => {
  const moments: [string, () => Promise<void>, () => Promise<void>][] = [
    ['at once after the fourth was written', async () => {}, async () => {}],
    ['when the fourth is stored', () => isStored('port 40004'), async () => {}],
    ['when the fourth is in the checkpoint', () => pause(2500), async () => {}],
    ['at once after the fifth was written', () => isStored('port 40004'), () => pause(0)],
    ['when the fifth is stored', () => isStored('port 40004'), () => isStored('port 40005')],
  ];
  it.each(moments)('raises one alert, killed %s', async (name, beforeFifth, afterFifth) => {
    const first = await start();
    for (let number = 1; number <= 4; number += 1) appendFileSync(log, failedSignIn(number));
    await beforeFifth();
    const isKilledAfter = name.includes('fifth');
    if (!isKilledAfter) {
      expect(await alertsOfAttacker(first)).toEqual([]);
      await kill();
    }
    appendFileSync(log, failedSignIn(5));
    if (isKilledAfter) {
      await afterFifth();
      await kill();
    }
    const second = await start();
    await isStored('port 40005');
    await until('an alert', async () => (await alertsOfAttacker(second)).length > 0);
    await pause(600);
    const alerts = await alertsOfAttacker(second);
    expect(alerts).toHaveLength(1);
    const range = { from: 0, to: Date.now() + 60_000 };
    const { findings } = await second.client.threats.findings({ range }, callLimit());
    expect(findings.filter((finding) => finding.type === 'brute_force')).toMatchObject([{ count: 5 }]);
    const history = await second.client.alerts.history({ range }, callLimit());
    expect(history.alerts.filter((alert) => alert.address === ATTACKER)).toHaveLength(1);
    second.close();
    expect(storedTexts(data)).toHaveLength(5);
  });
});

describe('A followed file, with the engine killed in between', () => {
  let written = 0;
  const line = (): string =>
    `${new Date().toISOString()} desk feed[1]: message number ${(written += 1)} end\n`;
  const append = (count: number): void => {
    for (let index = 0; index < count; index += 1) appendFileSync(log, line());
  };
  const last = (): Promise<void> => isStored(`number ${written} end`);

  beforeEach(() => {
    written = 0;
  });

  it('is stored line for line through appending, rotation, truncation and copytruncate', async () => {
    await start();
    append(1);
    await last();
    append(199);
    await kill();
    append(100);
    renameSync(log, `${log}.1`);
    append(100);
    await start();
    await last();
    append(50);
    renameSync(`${log}.1`, `${log}.2`);
    renameSync(log, `${log}.1`);
    await kill();
    append(70);
    await start();
    await last();
    await kill();
    // Cut while nobody looked; what was stored stays, what comes is new.
    truncateSync(log, 0);
    append(30);
    await start();
    await last();
    copyFileSync(log, `${log}.copy`);
    truncateSync(log, 0);
    append(10);
    await kill();
    append(10);
    await start();
    await last();
    await stop();
    const texts = storedTexts(data).map((text) => Number(/number (\d+) end/.exec(text)?.[1]));
    expect(texts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: written }, (_, index) => index + 1));
  });
});

describe('Damage', () => {
  const ruin = (path: string): void => {
    writeFileSync(path, Buffer.alloc(20_000, 'not a database '));
    for (const side of ['-wal', '-shm']) rmSync(`${path}${side}`, { force: true });
  };
  const find = (folder: string): string[] =>
    existsSync(folder)
      ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
          .filter((name) => name.endsWith('.db'))
          .map((name) => join(folder, name))
      : [];

  it.each([
    ['state.db', () => [join(data, 'state.db')]],
    ['checkpoint.db', () => [join(data, 'checkpoint.db')]],
    ['a log partition', () => find(join(data, 'logs'))],
    ['a metrics file', () => find(join(data, 'metrics'))],
  ])('%s is set aside, said, and the rest runs on', async (_name, files) => {
    const first = await start();
    appendFileSync(log, failedSignIn(1));
    await isStored('port 40001');
    await until(
      'metrics',
      async () => (await first.client.metrics.catalogue(undefined, callLimit())).length > 0,
    );
    await stop();
    const paths = files();
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) ruin(path);
    const second = await start();
    appendFileSync(log, failedSignIn(2));
    await isStored('port 40002');
    await until('it is said', async () => {
      const { problems } = await second.client.system.status(undefined, callLimit());
      return problems.some(({ message }) => JSON.stringify(message).includes(data));
    });
    await until('metrics go on', async () =>
      (await second.client.metrics.catalogue(undefined, callLimit())).some(
        ({ lastTime }) => Date.now() - lastTime < 10_000,
      ),
    );
    second.close();
    await stop();
    const aside =
      find(data).length +
      readdirSync(data, { recursive: true }).filter((name) => /corrupt/.test(String(name))).length;
    expect(aside).toBeGreaterThan(find(data).length);
  });

  it('a settings file broken while the engine runs leaves the old settings in force, until it is mended', async () => {
    const { client } = await start();
    const problems = async () => (await client.settings.get(undefined, callLimit())).problems;
    writeSettings('metrics:\n  interval: soon\n');
    await until('a problem', async () => (await problems()).length > 0);
    const { settings } = await client.settings.get(undefined, callLimit());
    expect(settings.metrics.interval).toBe(5);
    expect(settings.logs.sources).toHaveLength(1);
    appendFileSync(log, failedSignIn(1));
    await isStored('port 40001');
    writeSettings('metrics:\n  interval: 7\n');
    await until('no problem', async () => (await problems()).length === 0);
    expect((await client.settings.get(undefined, callLimit())).settings.metrics.interval).toBe(7);
  });

  it('a rule file of the user, broken while the engine runs, leaves the other rules in force, until it is mended', async () => {
    const { client } = await start();
    const before = await client.threats.rules(undefined, callLimit());
    mkdirSync(join(data, 'rules'), { recursive: true });
    const file = join(data, 'rules', 'mine.yaml');
    writeFileSync(file, 'rules:\n  - id: [\n');
    await until(
      'a problem',
      async () => (await client.threats.rules(undefined, callLimit())).problems.length > 0,
    );
    const during = await client.threats.rules(undefined, callLimit());
    expect(during.rules.length).toBe(before.rules.length);
    expect((await client.system.status(undefined, callLimit())).problems.length).toBeGreaterThan(0);
    for (let number = 1; number <= 5; number += 1) appendFileSync(log, failedSignIn(number));
    const range = { from: 0, to: Date.now() + 60_000 };
    await until('a finding', async () => (await client.threats.findings({ range }, callLimit())).total > 0);
    rmSync(file);
    await until(
      'no problem',
      async () => (await client.threats.rules(undefined, callLimit())).problems.length === 0,
    );
    await until(
      'nothing said',
      async () => (await client.system.status(undefined, callLimit())).problems.length === 0,
    );
  });
});

describe('A data directory', () => {
  it('lets a second engine say who holds it, with exit code 4, or 3 for the desktop', async () => {
    await start();
    const second = yagura(['run', '--data', data]);
    expect(await second.ended).toMatchObject({ code: 4 });
    expect(second.stderr()).toContain(String(engine?.child.pid));
    expect(second.stderr()).not.toContain('engine.');
  });

  it('opens its socket to its owner and to the right token only', async () => {
    const { address } = await start();
    const wrong = { ...address, token: address.token.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) };
    const { connectClient } = await import('../../src-main/wire/engine-client.ts');
    await expect(connectClient(wrong)).rejects.toThrow();
    if (process.getuid?.() !== 0) return;
    chmodSync(directory, 0o755);
    const other = `
      const socket = require('node:net').connect(process.argv[1]);
      socket.on('connect', () => { console.log('in'); process.exit(0); });
      socket.on('error', (error) => { console.log(error.code); process.exit(1); });`;
    let said = '';
    try {
      execFileSync(process.execPath, ['-e', other, address.file.socket], {
        uid: 65_534,
        gid: 65_534,
        encoding: 'utf8',
      });
    } catch (error) {
      said = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    }
    expect(said.trim()).toBe('EACCES');
  });
});

describe('A full disk', () => {
  it('is waited out: said, nothing lost, no crash', async () => {
    const small = join(directory, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', small]);
    try {
      const settings = join(data, 'settings.yaml');
      data = join(small, 'data');
      mkdirSync(data);
      copyFileSync(settings, join(data, 'settings.yaml'));
      const { client } = await start();
      writeFileSync(join(small, 'ballast'), Buffer.alloc(21_000_000));
      let count = 0;
      const waiting = async () => (await client.system.status(undefined, callLimit())).ingest.waiting;
      const random = (): string =>
        Array.from({ length: 20 }, () => Math.random().toString(36).slice(2)).join('');
      await until(
        'it waits',
        async () => {
          const lines: string[] = [];
          for (let index = 0; index < 500; index += 1) {
            count += 1;
            lines.push(`${new Date().toISOString()} desk feed[1]: number ${count} end ${random()}\n`);
          }
          if (count < 60_000) appendFileSync(log, lines.join(''));
          else count -= 500;
          return (await waiting()) !== undefined;
        },
        60_000,
      );
      rmSync(join(small, 'ballast'));
      await until('it goes on', async () => (await waiting()) === undefined);
      await isStored(`number ${count} end`);
      await stop();
      const numbers = storedTexts(data).map((text) => Number(/number (\d+) end/.exec(text)?.[1]));
      expect(numbers.length).toBe(count);
      expect(new Set(numbers).size).toBe(count);
      const state = new Database(join(data, 'state.db'), { readonly: true });
      expect(state.pragma('quick_check', { simple: true })).toBe('ok');
      state.close();
    } finally {
      await kill();
      execFileSync('umount', ['-l', small]);
    }
  });
});
