import { appendFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../flow/clock.ts';
import { repeatedly, type Repetition } from '../flow/repeatedly.ts';
import { DEMO_LOGS, type DemoLine, type DemoLog } from './lines.ts';
import { linesOfSecond } from './script.ts';

export interface DemoLogsOptions {
  /** Where the logs are written; exists. */
  directory: string;
  clock: Clock;
  seed: number;
  onError: (error: unknown) => void;
}

const WRITE_MS = 500;
/** A quiet hour before the show. */
const HISTORY_SECONDS = 3600;
/** After a longer sleep of the machine the show goes on where it would be, and what lies between was not. */
const MAX_CATCH_UP_SECONDS = 120;
/** Then the file becomes `.1`, as logrotate would do it; `.1` of before is gone. About ten hours of lines. */
const MAX_FILE_BYTES = 4_000_000;

/** Where each log is, as settings name it. */
export function demoLogPath(directory: string, log: DemoLog): string {
  return join(directory, DEMO_LOGS[log]);
}

/** Writes the logs of the demo as time passes. It writes lines and nothing else: findings are up to the detectors. */
export class DemoLogs {
  readonly #options: DemoLogsOptions;
  readonly #start: number;
  readonly #writing: Repetition;
  /** The next second to be written, since the start. */
  #next = 0;

  constructor(options: DemoLogsOptions) {
    this.#options = options;
    this.#start = Math.floor(options.clock.now() / 1000) * 1000;
    this.#writing = repeatedly(
      () => this.writeUpToNow(),
      () => WRITE_MS,
      options.onError,
    );
  }

  /** Writes the quiet hour. */
  writeHistory(): Promise<void> {
    return this.#write(-HISTORY_SECONDS, 0);
  }

  /** Goes on in real time until `stop`. */
  begin(): void {
    this.#writing.start();
  }

  stop(): Promise<void> {
    return this.#writing.stop();
  }

  /** Writes the seconds that have passed. */
  async writeUpToNow(): Promise<void> {
    const passed = Math.floor((this.#options.clock.now() - this.#start) / 1000);
    const from = Math.max(this.#next, passed - MAX_CATCH_UP_SECONDS);
    // A clock set back: nothing to write until it has caught up.
    if (passed <= from) return;
    this.#next = passed;
    await this.#write(from, passed);
  }

  async #write(from: number, to: number): Promise<void> {
    const texts = new Map<DemoLog, string>();
    for (let second = from; second < to; second += 1) {
      for (const line of linesOfSecond({ seed: this.#options.seed, start: this.#start, second }))
        collect(texts, line);
    }
    for (const [log, text] of texts) {
      const path = demoLogPath(this.#options.directory, log);
      await rotate(path);
      await appendFile(path, text, { mode: 0o600 });
    }
  }
}

function collect(texts: Map<DemoLog, string>, { log, text }: DemoLine): void {
  texts.set(log, `${texts.get(log) ?? ''}${text}\n`);
}

async function rotate(path: string): Promise<void> {
  const size = await stat(path).then(
    (file) => file.size,
    () => 0,
  );
  if (size > MAX_FILE_BYTES) await rename(path, `${path}.1`);
}
