/**
 * Writes a day of mixed logs with known attacks and known harmless look-alikes, from a seed. Everything in it is made
 * up here; the same seed gives the same bytes.
 */

/** What a generated day holds. */
export interface Day {
  text: string;
  /** Attacks: each must be found, by a finding of one of the types on one of the addresses in its time. */
  episodes: Episode[];
}

export interface Episode {
  name: string;
  types: string[];
  addresses: Set<string>;
  start: number;
  end: number;
}

const MINUTE = 60_000;
const HOUR = 3_600_000;
export const DAY_START = Date.UTC(2026, 2, 3);
const BROWSERS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
];
const PAGES = ['/', '/quotes', '/orders', '/news/today', '/portfolio', '/help', '/charts/7203', '/static/app.js', '/static/app.css'];

/** Mulberry32: small, good enough, and the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export class DayWriter {
  readonly #random: () => number;
  readonly #lines: { time: number; text: string }[] = [];
  readonly episodes: Episode[] = [];

  constructor(seed: number) {
    this.#random = randomOf(seed);
  }

  between(low: number, high: number): number {
    return low + this.#random() * (high - low);
  }

  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.whole(0, items.length - 1)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  /** A public address of no reserved range. */
  address(): string {
    return `${this.pick([23, 31, 45, 77, 91, 103, 141, 185, 203])}.${this.whole(10, 250)}.${this.whole(1, 254)}.${this.whole(1, 254)}`;
  }

  request(time: number, address: string, method: string, target: string, status: number, agent: string): void {
    const stamp = new Date(time);
    const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][stamp.getUTCMonth()];
    const two = (value: number): string => String(value).padStart(2, '0');
    const text =
      `${address} - - [${two(stamp.getUTCDate())}/${month}/${stamp.getUTCFullYear()}:` +
      `${two(stamp.getUTCHours())}:${two(stamp.getUTCMinutes())}:${two(stamp.getUTCSeconds())} +0000] ` +
      `"${method} ${target} HTTP/1.1" ${status} ${this.whole(120, 40_000)} "-" "${agent}"`;
    this.#lines.push({ time, text });
  }

  syslog(time: number, program: string, message: string): void {
    const stamp = new Date(time).toISOString().replace('Z', '+00:00');
    this.#lines.push({ time, text: `${stamp} gate ${program}[${this.whole(500, 60_000)}]: ${message}` });
  }

  json(time: number, fields: Record<string, unknown>): void {
    this.#lines.push({ time, text: JSON.stringify({ time: new Date(time).toISOString(), ...fields }) });
  }

  sshFailed(time: number, address: string, user: string, known = true): void {
    const port = this.whole(30_000, 60_000);
    if (!known) this.syslog(time, 'sshd', `Invalid user ${user} from ${address} port ${port}`);
    this.syslog(time, 'sshd', `Failed password for ${known ? '' : 'invalid user '}${user} from ${address} port ${port} ssh2`);
  }

  sshAccepted(time: number, address: string, user: string): void {
    this.syslog(time, 'sshd', `Accepted password for ${user} from ${address} port ${this.whole(30_000, 60_000)} ssh2`);
  }

  attack(name: string, types: string[], addresses: Iterable<string>, start: number, end: number): void {
    this.episodes.push({ name, types, addresses: new Set(addresses), start, end });
  }

  day(): Day {
    this.#lines.sort((a, b) => a.time - b.time);
    return { text: this.#lines.map((line) => `${line.text}\n`).join(''), episodes: this.episodes };
  }
}

/** Visitors over the day, their typing errors, and programs that ask all the time. */
export function writeOrdinaryDay(day: DayWriter): void {
  for (let visitor = 0; visitor < 220; visitor += 1) {
    const address = day.address();
    const agent = day.pick(BROWSERS);
    let time = DAY_START + day.between(0, 24 * HOUR);
    for (let page = day.whole(3, 25); page > 0; page -= 1) {
      const missing = day.chance(0.03);
      day.request(time, address, 'GET', missing ? `/news/${day.whole(1, 999)}` : day.pick(PAGES), missing ? 404 : 200, agent);
      time += day.between(300, 30_000);
    }
    if (day.chance(0.3)) signInByForm(day, time, address, agent);
    if (day.chance(0.15)) {
      const user = `staff${day.whole(1, 60)}`;
      for (let errors = day.whole(0, 3); errors > 0; errors -= 1) {
        day.sshFailed(time, address, user);
        time += day.between(3000, 9000);
      }
      day.sshAccepted(time, address, user);
    }
  }
  for (let time = DAY_START; time < DAY_START + 24 * HOUR; time += 30_000) {
    day.request(time, '10.0.0.5', 'GET', '/healthz', 200, 'kube-probe/1.31');
  }
}

function signInByForm(day: DayWriter, from: number, address: string, agent: string): void {
  let time = from;
  for (let errors = day.chance(0.3) ? day.whole(1, 3) : 0; errors > 0; errors -= 1) {
    day.request(time, address, 'POST', '/login', 401, agent);
    time += day.between(3000, 12_000);
  }
  day.request(time, address, 'POST', '/login', 302, agent);
}

/** What looks like an attack and is none. */
export const HARMLESS: Readonly<Record<string, (day: DayWriter) => void>> = {
  'two hundred people behind one address mistype in the morning, over ssh': (day) => {
    const gateway = '198.51.100.20';
    const start = DAY_START + 8 * HOUR + 50 * MINUTE;
    for (let person = 0; person < 200; person += 1) {
      let time = start + day.between(0, 10 * MINUTE);
      for (let errors = day.whole(0, 2); errors > 0; errors -= 1) {
        day.sshFailed(time, gateway, `person${person}`);
        time += day.between(3000, 20_000);
      }
      day.sshAccepted(time, gateway, `person${person}`);
    }
  },
  'everybody behind one address mistypes once within two minutes': (day) => {
    const start = DAY_START + 8 * HOUR + 50 * MINUTE;
    for (let person = 0; person < 200; person += 1) {
      const time = start + day.between(0, 2 * MINUTE);
      day.sshFailed(time, '198.51.100.21', `worker${person}`);
      day.sshAccepted(time + day.between(4000, 25_000), '198.51.100.21', `worker${person}`);
    }
  },
  'a branch office signs in through a form': (day) => {
    const start = DAY_START + 8 * HOUR + 50 * MINUTE;
    for (let person = 0; person < 200; person += 1) {
      const agent = day.pick(BROWSERS).replace('537.36', `537.${person % 40}`);
      let time = start + day.between(0, 10 * MINUTE);
      for (let errors = day.whole(0, 2); errors > 0; errors -= 1) {
        day.request(time, '198.51.100.22', 'POST', '/login', 401, agent);
        time += day.between(3000, 15_000);
      }
      day.request(time, '198.51.100.22', 'POST', '/login', 302, agent);
    }
  },
  'a branch office signs in to an application that names users': (day) => {
    const start = DAY_START + 8 * HOUR + 50 * MINUTE;
    for (let person = 0; person < 200; person += 1) {
      let time = start + day.between(0, 10 * MINUTE);
      const who = { user: `clerk${person}@mail.example`, client_ip: '198.51.100.23', service: 'auth' };
      for (let errors = day.whole(0, 2); errors > 0; errors -= 1) {
        day.json(time, { level: 'warn', msg: 'login failed', ...who });
        time += day.between(3000, 15_000);
      }
      day.json(time, { level: 'info', msg: 'login succeeded', ...who });
    }
  },
  'a client polls three hundred times a minute': (day) => {
    const start = DAY_START + 9 * HOUR;
    for (let time = start; time < start + 20 * MINUTE; time += 200) {
      day.request(time, '198.51.100.30', 'GET', '/api/v1/quotes?symbol=7203', day.chance(0.002) ? 502 : 200, 'trading-terminal/4.2');
    }
  },
  'a poller with a time stamp in its query': (day) => {
    const start = DAY_START + 9 * HOUR;
    for (let time = start; time < start + 10 * MINUTE; time += 200) {
      day.request(time, '198.51.100.31', 'GET', `/api/v1/ticks?since=${Math.round(time / 1000)}`, 200, 'okhttp/5.0.0');
    }
  },
  'a poller meets a minute of errors': (day) => {
    const start = DAY_START + 13 * HOUR;
    for (let time = start; time < start + 15 * MINUTE; time += 200) {
      const down = time > start + 8 * MINUTE && time < start + 9 * MINUTE;
      day.request(time, '198.51.100.32', 'GET', '/api/v1/quotes', down ? 503 : 200, 'trading-terminal/4.2');
    }
  },
  'a crawler follows dead links of sections that live': (day) => {
    const start = DAY_START + 3 * HOUR;
    for (let link = 0; link < 150; link += 1) {
      const dead = day.chance(0.5);
      day.request(start + link * 2000, '66.249.66.1', 'GET', dead ? `/news/old-${link}.html` : day.pick(PAGES), dead ? 404 : 200, 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)');
    }
  },
  'a crawler follows dead links of a removed section': (day) => {
    const start = DAY_START + 4 * HOUR;
    for (let link = 0; link < 120; link += 1) {
      day.request(start + link * 3000, '157.55.39.9', 'GET', `/archive/2019/article-${link}.html`, 404, 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)');
    }
  },
  'a script tries an old password twice an hour': (day) => {
    for (let hour = 0; hour < 24; hour += 1) {
      for (const delay of [0, 1000]) day.sshFailed(DAY_START + hour * HOUR + delay, '10.0.0.9', 'backup');
    }
  },
  'a program asks with an expired token every minute': (day) => {
    for (let minute = 0; minute < 240; minute += 1) {
      day.request(DAY_START + 10 * HOUR + minute * MINUTE, '10.0.0.12', 'GET', '/api/v1/report', 401, 'report-job/1.0');
    }
  },
  'the market opens': (day) => {
    const start = DAY_START + 9 * HOUR;
    for (let visitor = 0; visitor < 150; visitor += 1) {
      const address = day.address();
      const agent = day.pick(BROWSERS);
      for (let page = 0; page < 4; page += 1) {
        day.request(start + day.between(0, 2 * MINUTE), address, 'GET', page === 0 ? '/' : day.pick(PAGES), 200, agent);
      }
    }
  },
  'somebody loads a heavy page over and over': (day) => {
    const start = DAY_START + 15 * HOUR;
    for (let load = 0; load < 6; load += 1) {
      day.request(start + load * 9000, '198.51.100.40', 'GET', '/charts/7203', 200, BROWSERS[0] ?? '');
      for (let part = 0; part < 40; part += 1) {
        day.request(start + load * 9000 + part * 20, '198.51.100.40', 'GET', `/static/part${part}.js`, 200, BROWSERS[0] ?? '');
      }
    }
  },
};

/** Attacks, each with the types that name it. */
export const ATTACKS: Readonly<Record<string, (day: DayWriter) => void>> = {
  'fast guessing over ssh': (day) => {
    const address = day.address();
    const start = DAY_START + day.between(1, 22) * HOUR;
    const tries = day.whole(12, 80);
    const pace = day.between(800, 4000);
    for (let at = 0; at < tries; at += 1) day.sshFailed(start + at * pace, address, day.pick(['root', 'admin', 'root']), day.chance(0.7));
    day.attack('fast guessing', ['brute_force', 'user_enumeration'], [address], start, start + tries * pace);
  },
  'slow guessing over ssh': (day) => {
    const address = day.address();
    const start = DAY_START + day.between(1, 15) * HOUR;
    let time = start;
    for (let at = 0; at < 60; at += 1) {
      day.sshFailed(time, address, day.pick(['oracle', 'nagios', 'root', 'tomcat', 'git', 'test', 'ubuntu', 'pi']), day.chance(0.3));
      time += day.between(1, 8) * MINUTE;
    }
    day.attack('slow guessing', ['brute_force'], [address], start, time);
  },
  'many addresses guess one account': (day) => {
    const addresses = Array.from({ length: day.whole(20, 60) }, () => day.address());
    const start = DAY_START + day.between(1, 22) * HOUR;
    for (let at = 0; at < 80; at += 1) day.sshFailed(start + day.between(0, 30 * MINUTE), day.pick(addresses), 'root');
    day.attack('distributed guessing', ['brute_force', 'credential_stuffing'], addresses, start, start + 30 * MINUTE);
  },
  'guessing through a form': (day) => {
    const address = day.address();
    const start = DAY_START + day.between(1, 22) * HOUR;
    for (let at = 0; at < 60; at += 1) day.request(start + at * 1100, address, 'POST', '/login', 401, 'python-requests/2.32');
    day.attack('form guessing', ['brute_force'], [address], start, start + 66_000);
  },
  'stolen passwords from many addresses': (day) => {
    const addresses = Array.from({ length: 60 }, () => day.address());
    const start = DAY_START + day.between(1, 22) * HOUR;
    addresses.forEach((address, at) => {
      const time = start + at * MINUTE * day.between(0.8, 1);
      day.request(time, address, 'POST', '/api/v1/login', 401, day.pick(BROWSERS));
      day.json(time + 40, { level: 'warn', service: 'auth', msg: 'login failed', user: `c${day.whole(1, 99_999)}@mail.example`, client_ip: address });
    });
    day.attack('credential stuffing', ['credential_stuffing', 'brute_force'], addresses, start, start + HOUR);
  },
  'stolen passwords from three addresses': (day) => {
    const addresses = Array.from({ length: 3 }, () => day.address());
    const start = DAY_START + day.between(1, 22) * HOUR;
    for (let at = 0; at < 120; at += 1) {
      const time = start + at * 30_000;
      const address = day.pick(addresses);
      day.request(time, address, 'POST', '/api/v1/login', 401, day.pick(BROWSERS));
      day.json(time + 40, { level: 'warn', service: 'auth', msg: 'login failed', user: `c${day.whole(1, 99_999)}@mail.example`, client_ip: address });
    }
    day.attack('credential stuffing, few', ['credential_stuffing', 'brute_force', 'user_enumeration'], addresses, start, start + HOUR);
  },
  'one client floods': (day) => {
    const address = day.address();
    const start = DAY_START + day.between(1, 22) * HOUR;
    const requests = day.whole(350, 800);
    for (let at = 0; at < requests; at += 1) {
      day.request(start + at * 28, address, 'GET', `/?r=${day.whole(1, 9_999_999)}`, day.chance(0.4) ? 503 : 200, 'python-requests/2.32');
    }
    day.attack('flood', ['flood', 'ddos'], [address], start, start + requests * 28);
  },
  'many clients flood': (day) => {
    const addresses = Array.from({ length: 300 }, () => day.address());
    const start = DAY_START + day.between(2, 22) * HOUR;
    for (let at = 0; at < 900; at += 1) {
      day.request(start + day.between(0, 80_000), day.pick(addresses), 'GET', '/search?q=a', day.pick([200, 503, 499]), day.pick(BROWSERS));
    }
    day.attack('ddos', ['ddos', 'flood'], addresses, start, start + 80_000);
  },
  'a scanner looks around': (day) => {
    const address = day.address();
    const start = DAY_START + day.between(1, 22) * HOUR;
    const places = ['/.env', '/phpinfo.php', '/server-status', '/cgi-bin/luci', '/solr/admin/info', '/manager/html', '/backup.zip', '/actuator/health', '/wp-login.php', '/old/', '/test/', '/dev/', '/tmp/', '/console/', '/.git/HEAD', '/config.json', '/api/debug', '/setup/'];
    places.forEach((place, at) => day.request(start + at * 1200, address, 'GET', place, day.pick([404, 404, 403]), day.pick(BROWSERS)));
    day.attack('scan', ['scan', 'sensitive_file', 'path_traversal'], [address], start, start + 30_000);
  },
};
