import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-audit-cli-'));
  for (const name of ['one', 'two', 'three']) {
    const file = join(directory, `${name}.log`);
    writeFileSync(file, `2026-11-21T09:00:00Z ${name}\n`);
    expect(runCli(['ingest', file, '--data', join(directory, 'data')]).code).toBe(0);
  }
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const data = (): string[] => ['--data', join(directory, 'data')];

describe('yagura audit', () => {
  it('list, names what was done, newest last', () => {
    const { code, stdout } = runCli(['audit', 'list', ...data()]);
    expect(code).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatch(/^#3 .*terminal {2}Log file read in {2}.*three\.log/);
  });

  it('verify, an untouched chain, is intact and says its head', () => {
    const { code, stdout } = runCli(['audit', 'verify', ...data()]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^The audit trail is intact: 3 entries, head #3 [0-9a-f]{64}\n$/);
  });

  it('verify, a printed head that the chain never had, is a fault', () => {
    const { code, stdout } = runCli(['audit', 'verify', ...data(), '--head', `9:${'a'.repeat(64)}`]);
    expect(code).toBe(1);
    expect(stdout).toContain('Entries were cut off');
  });

  it('verify, a head that is none, says how to write it', () => {
    const { code, stderr } = runCli(['audit', 'verify', ...data(), '--head', '9']);
    expect(code).toBe(2);
    expect(stderr).toContain('NUMBER:HASH');
  });

  it('verify, a directory without a chain, says so', () => {
    const { code, stderr } = runCli(['audit', 'verify', '--data', join(directory, 'nowhere')]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('nowhere');
  });

  it('verify, an edited entry, is found with exit code 1', () => {
    const connection = new Database(join(directory, 'data', 'state.db'));
    connection.exec('DROP TRIGGER audit_entries_stay');
    connection.exec("UPDATE audit_entries SET subject = 'other.log' WHERE number = 2");
    connection.close();
    const { code, stdout } = runCli(['audit', 'verify', ...data(), '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ intact: false, faults: [{ kind: 'edited', number: 2 }] });
  });
});
