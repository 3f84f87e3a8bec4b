import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hasDisplay } from '../../scripts/lib/display.mjs';
import { fingerprint } from '../../scripts/lib/fingerprint.mjs';
import { isDebian } from '../../scripts/lib/system-packages.mjs';
import { countRun, readRun, sum, summaryLine, verdict } from '../../scripts/lib/test-report.mjs';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'yagura-report-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('summary', () => {
  test('the last line adds up all runs', () => {
    const runs = [
      countRun({ numPassedTests: 10, numPendingTests: 1, testResults: [] }, 0),
      countRun({ numPassedTests: 3, numFailedTests: 2, numTodoTests: 1, testResults: [] }, 1),
    ];
    expect(summaryLine(sum(runs))).toBe('13 passed, 2 failed, 2 skipped');
  });

  test('a file that does not load counts as a failure', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }];
    expect(countRun({ numPassedTests: 4, numFailedTests: 0, testResults }, 1).failed).toBe(1);
  });

  test('a file with a failed test is not counted twice', () => {
    const testResults = [{ status: 'failed', assertionResults: [{ status: 'failed' }] }];
    expect(countRun({ numPassedTests: 4, numFailedTests: 1, testResults }, 1).failed).toBe(1);
  });

  test.each([
    ['ends badly although every test passed', { numPassedTests: 4, testResults: [] }, 1],
    ['runs no test', { numPassedTests: 0, testResults: [] }, 0],
    ['leaves no report', undefined, 0],
  ])('a run that %s counts as a failure', (_what, report, code) => {
    expect(countRun(report, code).failed).toBe(1);
  });

  test('a report that is missing or cut off counts as a failure', async () => {
    const path = join(directory, 'report.json');
    expect((await readRun(path, 0)).failed).toBe(1);
    await writeFile(path, '{"numPassedTests": 5');
    expect((await readRun(path, 0)).failed).toBe(1);
  });

  test.each([
    [{ passed: 5, failed: 0, skipped: 0 }, true, 0],
    [{ passed: 5, failed: 0, skipped: 1 }, false, 0],
    [{ passed: 5, failed: 0, skipped: 1 }, true, 1],
    [{ passed: 5, failed: 1, skipped: 0 }, false, 1],
    [{ passed: 0, failed: 0, skipped: 0 }, false, 1],
  ])('%o with CI %s ends with exit code %i', (counts, ci, code) => {
    expect(verdict(counts, { ci })).toBe(code);
  });
});

describe('fingerprint', () => {
  const paths = ['src', 'package.json'];
  beforeEach(async () => {
    await writeFile(join(directory, 'package.json'), '{}');
  });

  test('it stays the same when a file is written again with the same text', async () => {
    const before = await fingerprint(directory, paths);
    await writeFile(join(directory, 'package.json'), '{}');
    expect(await fingerprint(directory, paths)).toBe(before);
  });

  test('it changes with a file’s text, its name, and a new file', async () => {
    const seen = new Set([await fingerprint(directory, paths)]);
    await writeFile(join(directory, 'package.json'), '{ }');
    seen.add(await fingerprint(directory, paths));
    await writeFile(join(directory, 'src'), '');
    seen.add(await fingerprint(directory, paths));
    expect(seen.size).toBe(3);
  });

  test('two files do not pass for one with the text of both', async () => {
    await writeFile(join(directory, 'a'), 'x');
    await writeFile(join(directory, 'b'), 'y');
    const two = await fingerprint(directory, ['a', 'b']);
    await writeFile(join(directory, 'a'), 'xb\u00001\u0000y');
    expect(await fingerprint(directory, ['a'])).not.toBe(two);
  });
});

describe('machine', () => {
  test.each([
    ['ID=debian', true],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"', true],
    ['ID=fedora', false],
    ['', false],
  ])('%j is Debian or like it: %s', (text, debian) => {
    expect(isDebian(text)).toBe(debian);
  });

  test.each([
    [{}, 'linux', false],
    [{ DISPLAY: '' }, 'linux', false],
    [{ DISPLAY: ':0' }, 'linux', true],
    [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true],
    [{}, 'darwin', true],
    [{}, 'win32', true],
  ] as const)('%o on %s has a display: %s', (env, platform, display) => {
    expect(hasDisplay(env, platform)).toBe(display);
  });
});
