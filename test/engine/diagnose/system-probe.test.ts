import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../../src-main/engine/diagnose/probe/run-program.ts';
import { systemProbe } from '../../../src-main/engine/diagnose/probe/system-probe.ts';

let directory = '';
const probe = systemProbe(new AbortController().signal);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-probe-'));
  writeFileSync(join(directory, 'plain'), 'PermitRootLogin no\n');
  chmodSync(join(directory, 'plain'), 0o640);
  writeFileSync(join(directory, 'large'), Buffer.alloc(5 * 1024 * 1024));
  mkdirSync(join(directory, 'folder'));
  symlinkSync(join(directory, 'plain'), join(directory, 'link'));
  spawnSync('mkfifo', [join(directory, 'pipe')]);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const why = (answer: { ok: boolean; why?: string }): string => (answer.ok ? 'ok' : (answer.why ?? ''));

describe('Probe of this machine', () => {
  it('reads a file, and one of /proc, which has no size', async () => {
    expect(await probe.read(join(directory, 'plain'))).toEqual({ ok: true, value: 'PermitRootLogin no\n' });
    const status = await probe.read('/proc/self/status');
    expect(status.ok && status.value).toContain('VmRSS');
  });

  it('says why a file can’t be read: absent, too large, no file', async () => {
    expect(why(await probe.read(join(directory, 'none')))).toBe('absent');
    expect(why(await probe.read(join(directory, 'plain', 'below')))).toBe('absent');
    expect(why(await probe.read(join(directory, 'large')))).toBe('tooLarge');
    expect(why(await probe.read(join(directory, 'folder')))).toBe('failed');
  });

  it('does not hang on a pipe that nobody writes, nor on an endless device', async () => {
    expect(why(await probe.read(join(directory, 'pipe')))).toBe('failed');
    expect(why(await probe.read('/dev/zero'))).toBe('failed');
  });

  it('lists names in order, and looks at a link itself', async () => {
    const names = await probe.list(directory);
    expect(names.ok && names.value).toEqual(['folder', 'large', 'link', 'pipe', 'plain']);
    expect(await probe.stat(join(directory, 'link'))).toMatchObject({ ok: true, value: { kind: 'link' } });
    expect(await probe.stat(join(directory, 'plain'))).toMatchObject({
      ok: true,
      value: { kind: 'file', mode: 0o640, size: 19 },
    });
  });

  it('answers the same question once: what changes meanwhile changes nothing in this run', async () => {
    const file = join(directory, 'plain');
    await probe.read(file);
    writeFileSync(file, 'PermitRootLogin yes\n');
    expect(await probe.read(file)).toEqual({ ok: true, value: 'PermitRootLogin no\n' });
  });

  it('runs a program in plain English without a shell; an exit code is an answer', async () => {
    const echoed = await probe.run('printf', ['%s', '$HOME; `id`']);
    expect(echoed).toMatchObject({ ok: true, value: { exitCode: 0, stdout: '$HOME; `id`' } });
    expect(await probe.run('sh', ['-c', 'echo $LC_ALL; exit 3'])).toMatchObject({
      ok: true,
      value: { exitCode: 3, stdout: 'C\n' },
    });
    expect(why(await probe.run('no-such-program-here', []))).toBe('absent');
    expect(why(await probe.run(join(directory, 'plain'), []))).toBe('forbidden');
  });

  it('gives a program no input to wait for', async () => {
    expect(await probe.run('cat', [])).toMatchObject({ ok: true, value: { exitCode: 0, stdout: '' } });
  });

  it('ends a program that takes too long, says too much, or is cancelled', async () => {
    const signal = new AbortController().signal;
    expect(why(await runProgram('sleep', ['30'], signal, 50))).toBe('timeout');
    expect(why(await probe.run('head', ['-c', '9000000', '/dev/zero']))).toBe('tooLarge');
    const cancel = new AbortController();
    const running = systemProbe(cancel.signal).run('sleep', ['30']);
    cancel.abort();
    expect(why(await running)).toBe('failed');
  });
});
