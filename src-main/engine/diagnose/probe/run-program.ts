import { execFile } from 'node:child_process';
import type { ProbeAnswer, ProbedOutput } from '../host-probe.ts';
import { classifiedError } from './failure.ts';

/** As host-probe.ts promises. */
const RUN_TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
/** Tools for administrators lie where a user's PATH does not look. */
const MORE_PATHS = '/usr/sbin:/sbin:/usr/local/sbin';

/**
 * Runs a program without a shell and without input, in plain English, to its end or its limits.
 * @returns an exit code other than 0 is an answer too
 */
export function runProgram(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
  timeoutMs = RUN_TIMEOUT_MS,
): Promise<ProbeAnswer<ProbedOutput>> {
  return new Promise((resolve) => {
    const options = {
      env: environment(),
      encoding: 'utf8' as const,
      maxBuffer: MAX_OUTPUT_BYTES,
      timeout: timeoutMs,
      killSignal: 'SIGKILL' as const,
      windowsHide: true,
      shell: false,
      signal,
    };
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve({ ok: true, value: { exitCode: 0, stdout, stderr } });
      else if (typeof error.code === 'number')
        resolve({ ok: true, value: { exitCode: error.code, stdout, stderr } });
      else if (error.killed === true && error.name !== 'AbortError' && typeof error.code !== 'string')
        resolve({ ok: false, why: 'timeout', detail: program });
      else resolve(classifiedError(error));
    });
    child.stdin?.end();
    // A program that is not there closes its end at once.
    child.stdin?.on('error', () => undefined);
  });
}

function environment(): NodeJS.ProcessEnv {
  const { env } = process;
  if (process.platform === 'win32') return env;
  return { ...env, PATH: `${env['PATH'] ?? '/usr/bin:/bin'}:${MORE_PATHS}`, LC_ALL: 'C', LANG: 'C' };
}
