import { spawn } from 'node:child_process';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * The environment with the project's own programs (Node 24 among them) first on the path.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function withOwnPrograms(root, env = process.env) {
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...env, [key]: [join(root, 'node_modules', '.bin'), env[key] ?? ''].join(delimiter) };
}

/**
 * Runs a program to its end and collects what it says.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, shell?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string, stdout: string }>} code 127 if it could not be started, 124 on time-out
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    const { timeoutMs, ...rest } = options;
    const child = spawn(command, args, { ...rest, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let stdout = '';
    let timedOut = false;
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            child.kill('SIGKILL');
          }, timeoutMs);
    child.stdout.on('data', (chunk) => {
      output += chunk;
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, output: `${output}${error.message}\n`, stdout });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: timedOut ? 124 : (code ?? 1), output, stdout });
    });
  });
}

/** Exit code of a program ended by Ctrl-C, as shells report it. */
const INTERRUPTED = 130;
const ON_WINDOWS = process.platform === 'win32';

/**
 * Gives the terminal to a program until it ends. Ctrl-C reaches it directly (it is in the same process group), so it
 * is only waited for; a SIGTERM or SIGHUP meant for us is passed on.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} [options]
 * @returns {Promise<number>} exit code; 124 on time-out
 */
export function handOver(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const { timeoutMs, ...rest } = options;
    // With a time limit the program leads a group of its own, so that everything it started can be ended with it.
    const own = timeoutMs !== undefined && !ON_WINDOWS;
    const child = spawn(command, args, {
      ...rest,
      stdio: 'inherit',
      detached: own,
      // Programs in node_modules/.bin are command files there, which only the shell starts.
      shell: ON_WINDOWS && !isAbsolute(command),
    });
    /** @param {NodeJS.Signals} signal */
    const end = (signal) => {
      if (child.pid === undefined) return;
      try {
        if (own) process.kill(-child.pid, signal);
        else child.kill(signal);
      } catch {
        // It ended by itself in the meantime.
      }
    };
    const onInterrupt = () => own && end('SIGINT');
    const onTerminate = () => end('SIGTERM');
    process.on('SIGINT', onInterrupt);
    process.on('SIGTERM', onTerminate);
    process.on('SIGHUP', onTerminate);
    let timedOut = false;
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            end('SIGKILL');
          }, timeoutMs);
    const done = () => {
      clearTimeout(timer);
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
      process.off('SIGHUP', onTerminate);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('close', (code, signal) => {
      done();
      resolve(timedOut ? 124 : signal === 'SIGINT' ? INTERRUPTED : (code ?? 1));
    });
  });
}
