/** Why the host did not tell. `absent`: no such file or program, which often is an answer in itself. */
export type ProbeFailure = 'absent' | 'forbidden' | 'timeout' | 'tooLarge' | 'failed';

/** An answer of the host, or why there is none. */
export type ProbeAnswer<Value> =
  { ok: true; value: Value } | { ok: false; why: ProbeFailure; detail: string };

export interface ProbedFile {
  kind: 'file' | 'directory' | 'link' | 'other';
  /** Permission bits, e.g. 0o644. */
  mode: number;
  owner: number;
  group: number;
  size: number;
  /** UTC milliseconds. */
  modifiedAt: number;
}

export interface ProbedOutput {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * All that a check may ask of the machine: reading only, bounded in time and size, and replaceable by a recording. Answers
 * are kept for one run, so that ten checks read `sshd_config` once.
 */
export interface HostProbe {
  readonly platform: 'linux' | 'win32' | 'darwin';
  /** Run with administrator's rights. */
  readonly privileged: boolean;
  /** Text of a file, at most 4 MiB. */
  read(path: string): Promise<ProbeAnswer<string>>;
  /** Names in a directory, sorted. */
  list(path: string): Promise<ProbeAnswer<string[]>>;
  /** Does not follow a link. */
  stat(path: string): Promise<ProbeAnswer<ProbedFile>>;
  /** Runs a program without a shell, with LC_ALL=C, at most 10 s and 4 MiB of output. An exit code other than 0 is ok. */
  run(program: string, args: readonly string[]): Promise<ProbeAnswer<ProbedOutput>>;
}
