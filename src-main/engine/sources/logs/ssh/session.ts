import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { quoted, type RemoteFile } from './address.ts';

/** A file as its own system tells it. */
export interface RemoteState {
  /** `device:inode`. */
  id: string;
  size: number;
}

/** What every request answers. */
export interface Reply {
  bytes: Buffer;
  /** The file that is open, whatever its name is by now. */
  open: RemoteState | undefined;
  /** The file that has the name now. */
  named: RemoteState | undefined;
  /** What `stat` said instead. */
  trouble: string;
}

export interface SessionOptions {
  /** Key file, where the user named one. */
  identity?: string | undefined;
  /** The program; found on PATH by its name. */
  program?: string | undefined;
  /** Further arguments, before the host. */
  extra?: readonly string[] | undefined;
  /** A request without an answer ends the session. */
  timeoutMs?: number | undefined;
}

/** The session is over; the message is what `ssh` said. */
export class SessionError extends Error {
  override readonly name = 'SessionError';
}

const REQUEST_MS = 45_000;
/** A profile may print something before our first answer. */
const MAX_NOISE = 64 * 1024;
const MAX_COMPLAINT = 4096;

/**
 * Told to the remote shell once. The first `stat` is that of Linux and BusyBox, the other that of the BSDs and macOS.
 * `f` tells of descriptor 3, `p` of a path.
 */
const SETUP = [
  'export LC_ALL=C',
  'if stat -c %s / >/dev/null 2>&1',
  "then f() { stat -Lc '%d:%i %s' /dev/fd/3; }; p() { stat -Lc '%d:%i %s' \"$1\"; }",
  "else f() { stat -f '%d:%i %z' <&3; }; p() { stat -Lf '%d:%i %z' \"$1\"; }",
  'fi',
].join('\n');

/**
 * One connection to another machine: `ssh` runs a plain `sh` there and we write it one request at a time, made of fixed
 * words, numbers and one quoted path. The file stays open over there (descriptor 3), so that it can be read to its end
 * after it was renamed or deleted. Nothing is sent unless asked for: what is not read stays in the remote file.
 */
export class RemoteSession {
  readonly #file: RemoteFile;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #token = randomBytes(16).toString('hex');
  readonly #timeoutMs: number;
  #received: Buffer = Buffer.alloc(0);
  #limit = 0;
  #waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #complaint = '';
  #ended: SessionError | undefined;

  constructor(file: RemoteFile, options: SessionOptions = {}) {
    this.#file = file;
    this.#timeoutMs = options.timeoutMs ?? REQUEST_MS;
    this.#child = spawn(options.program ?? 'ssh', argumentsFor(file, options), {
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    this.#child.stdout.on('data', (bytes: Buffer) => this.#take(bytes));
    this.#child.stderr.on('data', (bytes: Buffer) => {
      this.#complaint = (this.#complaint + bytes.toString('utf8')).slice(-MAX_COMPLAINT);
    });
    // A broken pipe is followed by the end of the program, which says why.
    this.#child.stdin.on('error', () => undefined);
    this.#child.once('error', (error) => this.#end(error.message));
    this.#child.once('close', (code) =>
      this.#end(this.#complaint.trim() || `ssh ended with ${code ?? 'a signal'}`),
    );
  }

  /** Logs in. @throws SessionError */
  begin(): Promise<Reply> {
    return this.#ask(SETUP, MAX_NOISE);
  }

  /** Opens the file, or one found by `find`, from its first byte; `open` is undefined when that was not possible. @throws SessionError */
  open(path = this.#file.path): Promise<Reply> {
    const name = quoted(path);
    return this.#ask(`if [ -f ${name} ] && [ -r ${name} ]; then exec 3<${name}; else exec 3<&-; fi`, 0);
  }

  /** Skips bytes of the open file. @throws SessionError */
  skip(bytes: number): Promise<Reply> {
    return this.#ask(`dd bs=1 skip=${Math.floor(bytes)} count=0 <&3 2>/dev/null`, 0);
  }

  /** The next bytes of the open file; fewer at its end. @throws SessionError */
  read(bytes: number): Promise<Reply> {
    return bytes > 0 ? this.#ask(`head -c ${Math.floor(bytes)} <&3`, bytes) : this.#ask(':', 0);
  }

  /** Another name of the file with this inode in the same folder, where there is one. @throws SessionError */
  async find(inode: string): Promise<string | undefined> {
    const folder = this.#file.path.slice(0, this.#file.path.lastIndexOf('/')) || '/';
    const { bytes } = await this.#ask(
      `find ${quoted(folder)} -maxdepth 1 -type f -inum ${inode.replace(/\D/g, '')} 2>/dev/null | head -n 1`,
      MAX_NOISE,
    );
    const name = bytes.toString('utf8').trim();
    return name === '' ? undefined : name;
  }

  close(): void {
    this.#end('closed');
    this.#child.kill();
  }

  #ask(command: string, limit: number): Promise<Reply> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#limit = limit;
      this.#timer = setTimeout(() => {
        this.#end('timed out');
        this.#child.kill();
      }, this.#timeoutMs);
      const named = `p ${quoted(this.#file.path)} 2>&1 | head -c 300 | tr '\\n|' '  '`;
      this.#child.stdin.write(
        `${command}\nprintf '\\n%s|%s|%s|\\n' ${this.#token} "$(f 2>/dev/null)" "$(${named})"\n`,
      );
    });
  }

  #take(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    const at = this.#received.indexOf(`\n${this.#token}|`);
    const end = at < 0 ? -1 : this.#received.indexOf('|\n', at + this.#token.length + 2);
    if (end < 0) {
      if (this.#received.length > this.#limit + MAX_NOISE) this.close();
      return;
    }
    const [, open = '', named = ''] = this.#received.toString('utf8', at + 1, end).split('|');
    const reply: Reply = {
      bytes: this.#received.subarray(0, at),
      open: stateOf(open),
      named: stateOf(named),
      trouble: stateOf(named) === undefined ? named : '',
    };
    this.#received = Buffer.alloc(0);
    clearTimeout(this.#timer);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(reply);
  }

  #end(why: string): void {
    this.#ended ??= new SessionError(why);
    clearTimeout(this.#timer);
    this.#waiting?.reject(this.#ended);
    this.#waiting = undefined;
  }
}

function stateOf(text: string): RemoteState | undefined {
  const match = /^(\d+:\d+) (\d+)\s*$/.exec(text);
  return match === null ? undefined : { id: match[1] ?? '', size: Number(match[2]) };
}

/**
 * Whether an unknown host is accepted is the user's own configuration; with BatchMode nothing is asked, so that by default
 * it is refused.
 */
function argumentsFor({ user, host, port }: RemoteFile, { identity, extra }: SessionOptions): string[] {
  const settings = [
    'BatchMode=yes',
    'ConnectTimeout=15',
    'ServerAliveInterval=15',
    'ServerAliveCountMax=3',
    'ClearAllForwardings=yes',
    'PermitLocalCommand=no',
    'ControlPath=none',
    'RequestTTY=no',
  ];
  return [
    ...(extra ?? []),
    '-T',
    '-x',
    '-a',
    ...settings.flatMap((setting) => ['-o', setting]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(identity === undefined ? [] : ['-i', identity]),
    '--',
    host,
    'sh',
  ];
}
