import { z } from 'zod';
import type {
  HostProbe,
  ProbeAnswer,
  ProbedFile,
  ProbedOutput,
  ProbeFailure,
} from '../../../src-main/engine/diagnose/host-probe.ts';

const failureSchema = z.enum(['absent', 'forbidden', 'timeout', 'tooLarge', 'failed']);

/** Octal as people write it in YAML: `mode: '0640'`. */
const modeSchema = z
  .string()
  .regex(/^[0-7]{3,5}$/)
  .transform((text) => Number.parseInt(text, 8));

const statSchema = z.strictObject({
  kind: z.enum(['file', 'directory', 'link', 'other']).default('file'),
  mode: modeSchema.default(0o644),
  owner: z.number().int().default(0),
  group: z.number().int().default(0),
  size: z.number().int().optional(),
  /** UTC milliseconds or an ISO time. */
  modifiedAt: z
    .union([z.number(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))])
    .default(0),
});

const commandSchema = z.strictObject({
  stdout: z.string().default(''),
  stderr: z.string().default(''),
  exitCode: z.number().int().default(0),
});

/** What a machine would answer. What is not named is `absent`. */
export const recordingSchema = z.strictObject({
  platform: z.enum(['linux', 'win32', 'darwin']).default('linux'),
  privileged: z.boolean().default(false),
  /** Text by path. */
  files: z.record(z.string(), z.string()).default({}),
  /** Names by path; a directory whose files are recorded is known without. */
  directories: z.record(z.string(), z.array(z.string())).default({}),
  /** By path; a recorded file or directory is known without (root's, 0644 or 0755). */
  stats: z.record(z.string(), statSchema).default({}),
  /** Output by program and arguments, joined by one space each: `ss -tlnp`. */
  commands: z.record(z.string(), commandSchema).default({}),
  /** Paths that may not be read or listed, and commands that may not be run. What is below such a path may not either. */
  forbidden: z.array(z.string()).default([]),
  /** Paths and commands that fail in another way. */
  failures: z.record(z.string(), failureSchema).default({}),
});

export type Recording = z.output<typeof recordingSchema>;

/** A host that answers from a recording, and remembers what it was asked for that was not recorded. */
export class RecordedProbe implements HostProbe {
  readonly platform: HostProbe['platform'];
  readonly privileged: boolean;
  /** Paths and commands asked for and not recorded: a typing mistake in a fixture shows here. */
  readonly missed: string[] = [];
  readonly #recording: Recording;

  /** @param recording see {@link recordingSchema}, which fills in what is left out */
  constructor(recording: Recording) {
    this.#recording = recording;
    this.platform = this.#recording.platform;
    this.privileged = this.#recording.privileged;
  }

  read(path: string): Promise<ProbeAnswer<string>> {
    const text = this.#recording.files[path];
    return Promise.resolve(this.#failure(path) ?? this.#known(path, text));
  }

  list(path: string): Promise<ProbeAnswer<string[]>> {
    return Promise.resolve(this.#failure(path) ?? this.#known(path, this.#names(path)));
  }

  stat(path: string): Promise<ProbeAnswer<ProbedFile>> {
    const { stats, failures, files } = this.#recording;
    const failure = failures[path];
    // A file that may not be read can still be looked at, unless its directory is closed.
    const closed = this.#recording.forbidden.some((each) => path.startsWith(`${each}/`));
    if (closed) return Promise.resolve(failed('forbidden', path));
    if (failure !== undefined && stats[path] === undefined) return Promise.resolve(failed(failure, path));
    const given = stats[path];
    const text = files[path];
    const size = given?.size ?? Buffer.byteLength(text ?? '');
    if (given !== undefined) return Promise.resolve({ ok: true, value: { ...given, size } });
    const directory = text === undefined && this.#names(path) !== undefined;
    const kind = directory ? 'directory' : 'file';
    const plain: ProbedFile = {
      kind,
      mode: directory ? 0o755 : 0o644,
      owner: 0,
      group: 0,
      size,
      modifiedAt: 0,
    };
    return Promise.resolve(this.#known(path, text !== undefined || directory ? plain : undefined));
  }

  run(program: string, args: readonly string[]): Promise<ProbeAnswer<ProbedOutput>> {
    const command = [program, ...args].join(' ');
    return Promise.resolve(
      this.#failure(command) ??
        this.#failure(program) ??
        this.#known(command, this.#recording.commands[command]),
    );
  }

  #names(path: string): string[] | undefined {
    const { directories, files, stats } = this.#recording;
    const listed = directories[path];
    if (listed !== undefined) return [...listed].sort();
    const separator = this.platform === 'win32' ? '\\' : '/';
    const start = path.endsWith(separator) ? path : `${path}${separator}`;
    const below = [...Object.keys(files), ...Object.keys(stats), ...Object.keys(directories)].filter((each) =>
      each.startsWith(start),
    );
    if (below.length === 0) return undefined;
    const names = below.map((each) => each.slice(start.length).split(separator)[0] ?? '');
    return [...new Set(names)].filter((name) => name !== '').sort();
  }

  #failure(target: string): { ok: false; why: ProbeFailure; detail: string } | undefined {
    const { forbidden, failures } = this.#recording;
    if (forbidden.some((each) => target === each || target.startsWith(`${each}/`)))
      return failed('forbidden', target);
    const failure = failures[target];
    return failure === undefined ? undefined : failed(failure, target);
  }

  #known<Value>(target: string, value: Value | undefined): ProbeAnswer<Value> {
    if (value !== undefined) return { ok: true, value };
    this.missed.push(target);
    return failed('absent', target);
  }
}

function failed(why: ProbeFailure, detail: string): { ok: false; why: ProbeFailure; detail: string } {
  return { ok: false, why, detail };
}
