import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { discoverLogs, knownPlaces } from '../../../../src-main/engine/sources/logs/discover/index.ts';
import { temporaryDirectory, withoutPrivileges } from './tail-harness.ts';

test('logs that exist are found, absent ones and empty globs are not', async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'nginx'));
  writeFileSync(join(directory, 'auth.log'), 'x\n');
  writeFileSync(join(directory, 'nginx', 'access.log'), 'x\n');
  const places = ['auth.log', 'secure', 'nginx/*.log', 'apache2/*.log'].map((path) => join(directory, path));
  expect(await discoverLogs(places)).toEqual([
    { path: places[0], readable: true },
    { path: places[2], readable: true },
  ]);
});

test('a log appears as soon as it exists', async () => {
  const path = join(temporaryDirectory(), 'late.log');
  expect(await discoverLogs([path])).toEqual([]);
  writeFileSync(path, '');
  expect(await discoverLogs([path])).toEqual([{ path, readable: true }]);
});

test('every system has places of its own', () => {
  const environment = { SystemRoot: 'D:\\Windows', ProgramData: 'D:\\Data' };
  expect(knownPlaces({ platform: 'linux', environment })).toContain('/var/log/auth.log');
  expect(knownPlaces({ platform: 'darwin', environment })).toContain('/var/log/system.log');
  expect(knownPlaces({ platform: 'win32', environment })).toContain('D:/inetpub/logs/LogFiles/*/*.log');
  expect(knownPlaces({ platform: 'openbsd', environment })).toContain('/var/log/authlog');
});

test('a log we may not read is found and said to be unreadable', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'auth.log');
  writeFileSync(path, 'x\n');
  chmodSync(path, 0);
  await withoutPrivileges(directory, async () => {
    expect(await discoverLogs([path])).toEqual([{ path, readable: false }]);
  });
});
