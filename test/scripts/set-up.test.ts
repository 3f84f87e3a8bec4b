import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bootstrap } from '../../scripts/bootstrap.mjs';
import { withLock } from '../../scripts/lib/lock.mjs';
import { nodeVersionProblem } from '../../scripts/lib/node-version.mjs';
import { knowsAllowScripts, withoutEngineWarnings } from '../../scripts/lib/packages.mjs';

const scripts = fileURLToPath(new URL('../../scripts', import.meta.url));

/** Stands in for npm: installs one package and a Node, or fails as npm does; writes down how it was called. */
const FAKE_NPM = `#!/usr/bin/env bash
echo "$*" >> "$FAKE_NPM_LOG"
case "$1" in
  --version) echo "\${FAKE_NPM_VERSION:-11.19.1}" ;;
  ci)
    if [ -n "$FAKE_NPM_FAILURE" ]; then echo "npm error $FAKE_NPM_FAILURE" >&2; exit 1; fi
    rm -rf node_modules
    mkdir -p node_modules/greeting node_modules/node/bin
    echo '{"version":"1.0.0"}' > node_modules/greeting/package.json
    echo '{"version":"24.0.0"}' > node_modules/node/package.json
    case "$*" in *--ignore-scripts*) ;; *) "$0" rebuild ;; esac ;;
  rebuild)
    printf '#!/bin/sh\\necho v24.0.0\\n' > node_modules/node/bin/node
    chmod +x node_modules/node/bin/node ;;
esac
`;

let directory = '';
let root = '';
let log = '';

async function write(path: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await chmod(path, mode);
}

const environment = (extra: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  PATH: `${join(directory, 'bin')}:${process.env['PATH'] ?? ''}`,
  FAKE_NPM_LOG: log,
  ...extra,
});

const npmCalls = async (): Promise<string[]> =>
  (await readFile(log, 'utf8').catch(() => '')).split('\n').filter((line) => /^(ci|rebuild)\b/.test(line));

beforeEach(async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true); // the steps are for people
  directory = await mkdtemp(join(tmpdir(), 'yagura-set-up-'));
  root = join(directory, 'checkout');
  log = join(directory, 'npm.log');
  await write(join(directory, 'bin/npm'), FAKE_NPM, 0o755);
  await write(join(root, 'package.json'), '{"devDependencies":{"greeting":"1.0.0","node":"24.0.0"}}');
  await write(
    join(root, 'package-lock.json'),
    '{"packages":{"":{},"node_modules/greeting":{"version":"1.0.0"},"node_modules/node":{"version":"24.0.0"}}}',
  );
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('bootstrap', () => {
  test('packages are installed once, and the second time npm is not called', async () => {
    await bootstrap({ root, env: environment() });
    await bootstrap({ root, env: environment() });
    expect((await npmCalls()).filter((line) => line.startsWith('ci'))).toHaveLength(1);
  });

  test('packages are installed again when the lock file changed', async () => {
    await bootstrap({ root, env: environment() });
    await write(
      join(root, 'package-lock.json'),
      '{"packages":{"":{},"node_modules/greeting":{"version":"1.0.1"}}}',
    );
    await bootstrap({ root, env: environment() });
    expect((await npmCalls()).filter((line) => line.startsWith('ci'))).toHaveLength(2);
  });

  test.each(['node_modules/greeting', 'node_modules/node/bin', 'node_modules/.yagura-packages.json'])(
    'half an install is repaired when %s is missing',
    async (lost) => {
      await bootstrap({ root, env: environment() });
      await rm(join(root, lost), { recursive: true });
      await bootstrap({ root, env: environment() });
      await access(join(root, 'node_modules/greeting/package.json'));
      await access(join(root, 'node_modules/node/bin/node'));
      expect((await npmCalls()).filter((line) => line.startsWith('ci'))).toHaveLength(2);
    },
  );

  test('packages that somebody installed by hand are taken as they are', async () => {
    await write(join(root, 'node_modules/greeting/package.json'), '{}');
    await write(join(root, 'node_modules/node/package.json'), '{}');
    await write(join(root, 'node_modules/node/bin/node'), '#!/bin/sh\necho v24.0.0\n', 0o755);
    await write(
      join(root, 'node_modules/.package-lock.json'),
      await readFile(join(root, 'package-lock.json'), 'utf8'),
    );
    await bootstrap({ root, env: environment() });
    expect(await npmCalls()).toEqual([]);
  });

  test('an npm that runs every install script is told to run that of node only', async () => {
    await bootstrap({ root, env: environment({ FAKE_NPM_VERSION: '10.8.2' }) });
    const [install, rebuild] = await npmCalls();
    expect(install).toContain('--ignore-scripts');
    expect(rebuild).toMatch(/^rebuild node --ignore-scripts=false/);
  });

  test.each([
    ['code ECONNREFUSED', /registry cannot be reached/, /network and the proxy/],
    ['code E401', /registry refused/, /npm login/],
    ['code ENOSPC', /disk is full/, /Make room/],
    ['code EUSAGE', /failed/, /Read what npm says/],
  ])('npm failing with %s says what is wrong and what to do', async (failure, what, next) => {
    const attempt = bootstrap({ root, env: environment({ FAKE_NPM_FAILURE: failure }) });
    await expect(attempt).rejects.toMatchObject({
      message: expect.stringMatching(what),
      next: expect.stringMatching(next),
    });
    await expect(access(join(root, 'node_modules/.yagura-packages.json'))).rejects.toThrow();
  });

  test('a link to packages of another checkout is never emptied', async () => {
    await mkdir(join(directory, 'elsewhere'));
    await symlink(join(directory, 'elsewhere'), join(root, 'node_modules'));
    await expect(bootstrap({ root, env: environment() })).rejects.toThrow(/is a link/);
    expect(await npmCalls()).toEqual([]);
  });

  test('two at the same time install once', async () => {
    const start = async (): Promise<number> => {
      const text = `import { bootstrap } from '${join(scripts, 'bootstrap.mjs')}'; await bootstrap({ root: '${root}' });`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', text], { env: environment() });
      const [code] = (await once(child, 'close')) as [number];
      return code;
    };
    expect(await Promise.all([start(), start()])).toEqual([0, 0]);
    expect((await npmCalls()).filter((line) => line.startsWith('ci'))).toHaveLength(1);
  });
});

describe('Node version', () => {
  test.each(['12.22.0', '18.20.4', '19.9.0'])('Node %s is told apart, with what to do', (version) => {
    expect(nodeVersionProblem(version)).toMatch(
      new RegExp(`Node 20 or newer.*Node ${version}[^]*Install a newer`),
    );
  });

  test.each(['20.0.0', '22.14.0', '24.21.0'])('Node %s will do', (version) => {
    expect(nodeVersionProblem(version)).toBeUndefined();
  });

  test.each([
    'start',
    'dev',
    'test',
    'check',
    'build',
    'bench',
    'screenshots',
    'bootstrap',
    'electron-runtime',
  ])('npm script %s on an old Node fails with one message and no stack', async (name) => {
    const preload = join(directory, 'old.cjs');
    await writeFile(preload, "Object.defineProperty(process.versions, 'node', { value: '18.20.4' });");
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, ['-r', preload, join(scripts, `${name}.mjs`)], (error, stdout, stderr) => {
        resolve(`${String(error?.code)} ${stdout}${stderr}`);
      });
    });
    expect(output).toMatch(/^1 ✗ Yagura needs Node 20/);
    expect(output).not.toMatch(/\n\s+at /);
  });
});

describe('npm', () => {
  test.each([
    ['10.8.2', false],
    ['11.18.9', false],
    ['11.19.0', true],
    ['12.0.0', true],
  ])('version %s knows allowScripts: %s', (version, knows) => {
    expect(knowsAllowScripts(`${version}\n`)).toBe(knows);
  });

  test('warnings about engines are left out, errors are kept', () => {
    const output = [
      'npm warn EBADENGINE Unsupported engine {',
      "npm warn EBADENGINE   package: 'x@1.0.0',",
      'npm warn EBADENGINE }',
      'npm warn deprecated y@1.0.0: old',
      'npm error code ENOSPC',
    ].join('\n');
    expect(withoutEngineWarnings(output)).toBe('npm error code ENOSPC');
  });
});

describe('lock', () => {
  test('the lock of a process that died is taken over', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'close');
    const path = join(directory, 'a.lock');
    await writeFile(path, String(child.pid));
    expect(await withLock(path, async () => 'done')).toBe('done');
    await expect(access(path)).rejects.toThrow();
  });

  test('work under the same lock never overlaps', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    const path = join(directory, 'b.lock');
    await Promise.all([withLock(path, work), withLock(path, work), withLock(path, work)]);
    expect(most).toBe(1);
  });

  test('a failure releases the lock', async () => {
    const path = join(directory, 'c.lock');
    await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(path, async () => 'again')).toBe('again');
  });
});
