/** Made-up log text for measuring: repeatable, with many distinct values. */

export const SAMPLE_FORMATS = [
  'combined',
  'syslog',
  'syslog5424',
  'json',
  'python',
  'error',
  'text',
  'mixed',
] as const;
export type SampleFormat = (typeof SAMPLE_FORMATS)[number];

/** A small linear congruential generator: the same text on every machine. */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const START = Date.UTC(2026, 9, 10, 13, 55, 36);
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function clock(date: Date): string {
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

function month(date: Date): string {
  return MONTHS[date.getUTCMonth()] ?? '';
}

/** `count` lines of a format, each with its newline. */
export function sampleLines(format: SampleFormat, count: number, seed = 42): string {
  const pick = generator(seed);
  const lines: string[] = [];
  for (let index = 0; index < count; index += 1) lines.push(sampleLine(format, index, pick));
  return `${lines.join('\n')}\n`;
}

function sampleLine(format: SampleFormat, index: number, pick: (limit: number) => number): string {
  const date = new Date(START + index * 37);
  const address = `198.51.${pick(256)}.${pick(256)}`;
  const day = date.getUTCDate();
  const iso = date.toISOString();
  switch (format) {
    case 'combined': {
      const target = pick(3) === 0 ? `/api/v1/orders?page=${pick(50_000)}` : `/products/${pick(50_000)}`;
      const agent = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + pick(40)}.0.${pick(9999)}.${pick(99)} Safari/537.36`;
      return `${address} - - [${two(day)}/${month(date)}/${date.getUTCFullYear()}:${clock(date)} +0000] "GET ${target} HTTP/1.1" ${pick(20) === 0 ? 404 : 200} ${pick(90_000)} "https://shop.example.com/" "${agent}"`;
    }
    case 'syslog':
      return `${month(date)} ${day < 10 ? ' ' : ''}${day} ${clock(date)} bastion sshd[${pick(99_999)}]: Failed password for invalid user u${pick(9999)} from ${address} port ${pick(65_000)} ssh2`;
    case 'syslog5424':
      return `<38>1 ${iso} bastion.example.com sshd ${pick(99_999)} - - Failed password for u${pick(9999)} from ${address} port ${pick(65_000)} ssh2`;
    case 'json':
      return JSON.stringify({
        ts: iso,
        level: pick(10) === 0 ? 'warn' : 'info',
        service: 'checkout',
        msg: `order ${pick(999_999)} created`,
        duration_ms: pick(10_000) / 100,
        trace_id: pick(2 ** 31).toString(16),
        client_ip: address,
      });
    case 'python':
      return `${iso.slice(0, 10)} ${clock(date)},${two(pick(100))}1 ${pick(10) === 0 ? 'WARNING' : 'INFO'} celery.task: Task job_${pick(99_999)} succeeded in 0.${pick(999)}s`;
    case 'error':
      return `${iso.slice(0, 10).replaceAll('-', '/')} ${clock(date)} [error] 31#31: *${pick(99_999)} open() "/srv/www/${pick(9999)}" failed (2: No such file or directory), client: ${address}, server: example.com, request: "GET /${pick(9999)} HTTP/1.1", host: "example.com"`;
    case 'text':
      return `${iso} worker ${pick(32)} finished chunk ${pick(99_999)} of ${pick(99_999)} in ${pick(999)} ms`;
    case 'mixed': {
      const kinds = ['combined', 'syslog', 'json', 'python'] as const;
      return sampleLine(kinds[pick(4)] ?? 'combined', index, pick);
    }
  }
}
