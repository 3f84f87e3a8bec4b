import { spawnSync } from 'node:child_process';

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the terminal product from its sources, to its end. */
export function runCli(args: string[], options: { input?: string; language?: string } = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src-main/cli/index.ts', ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    input: options.input ?? '',
    env: { ...process.env, LC_ALL: options.language ?? 'C.UTF-8', TZ: 'UTC', NO_COLOR: '1' },
  });
  return { code: status, stdout, stderr };
}
