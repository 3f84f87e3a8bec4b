import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callLimit } from '../../src-main/wire/engine-client.ts';
import { runCli } from '../cli/run-cli.ts';
import { runEngine, type RunningEngine } from './running-engine.ts';

const DAY = { from: Date.UTC(2026, 9, 1), to: Date.UTC(2026, 9, 2) };
const RANGE = `${new Date(DAY.from).toISOString()}..${new Date(DAY.to).toISOString()}`;

describe('An engine that shows what another copy handed over', () => {
  let directory: string;
  let opened: string;
  let engine: RunningEngine;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'yagura-shown-'));
    const at = (name: string): string => join(directory, name);
    const line = (second: number): string =>
      `2026-10-01T09:00:${second}Z desk01 sshd[7]: Failed password for watanabe from 198.51.100.7 port 4${second} ssh2\n`;
    writeFileSync(at('auth.log'), Array.from({ length: 20 }, (_, index) => line(index + 10)).join(''));
    expect(runCli(['ingest', at('auth.log'), '--data', at('data')]).code).toBe(0);
    expect(runCli(['diagnose', '--data', at('data'), '--json']).code).toBe(0);
    const made = runCli(['bundle', 'create', '--data', at('data'), '--out', at('b.zip'), '--range', RANGE]);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const unpacked = runCli(['bundle', 'open', at('b.zip'), '--into', at('opened'), '--json']);
    opened = (JSON.parse(unpacked.stdout) as { directory: string }).directory;
    engine = await runEngine(opened, { mode: 'bundle' });
  }, 60_000);
  afterAll(async () => {
    await engine.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test('says so, with whose it is and what it covers', async () => {
    const identity = await engine.client.system.identity(undefined, callLimit());
    expect(identity).toMatchObject({ mode: 'bundle', bundle: { range: DAY } });
    expect(identity.bundle?.host).toMatch(/^host-[0-9a-f]{8}$/);
  });

  test('shows findings, lines and the diagnosis as its own', async () => {
    const { client } = engine;
    const { addresses } = await client.threats.addresses({ range: DAY }, callLimit());
    expect(addresses.map(({ address }) => address)).toEqual(['198.51.100.7']);
    const { count } = await client.logs.count(
      { filter: { text: 'Failed password', range: DAY } },
      callLimit(),
    );
    expect(count).toBe(20);
    const { run } = await client.diagnosis.run({}, callLimit());
    expect(run.checks.length).toBeGreaterThan(20);
    expect(run.hostName).toMatch(/^host-/);
  });

  test('watches nothing of this machine', async () => {
    expect((await engine.client.system.status(undefined, callLimit())).sources).toEqual([]);
    expect(await engine.client.metrics.catalogue(undefined, callLimit())).toEqual([]);
  });

  test('refuses whatever would change it', async () => {
    const { client } = engine;
    const { revision } = await client.settings.get(undefined, callLimit());
    const change = client.settings.update(
      { revision, changes: [{ path: 'display.theme', value: 'light' }] },
      callLimit(),
    );
    await expect(change).rejects.toMatchObject({ code: 'FORBIDDEN', data: { key: 'bundle.readOnly' } });
    await expect(client.diagnosis.start(undefined, callLimit())).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
