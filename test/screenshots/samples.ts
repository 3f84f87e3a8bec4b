import { join } from 'node:path';
import type { MetricSample } from '../../src-main/engine/flow/metric.ts';
import { openMetricStore } from '../../src-main/engine/store/metrics/metric-store.ts';
import type { SeriesInfo } from '../../src-preload/contract/metrics.ts';
import { accessLine, authLine, WatchedLog } from '../e2e/desktop.ts';

/** Logs of a small made-up brokerage: a web shop front, its order service, a pricing model, the gateway's sign-ins. */
export interface SampleLogs {
  access: WatchedLog;
  auth: WatchedLog;
  orders: WatchedLog;
  model: WatchedLog;
}

const MINUTE = 60_000;
const STEP_MS = 5000;
const PATHS = [
  '/',
  '/quotes/7203',
  '/quotes/6758',
  '/orders',
  '/login',
  '/api/v2/positions',
  '/assets/app.css',
];
const USERS = ['tanaka', 'sato', 'hana', 'kobayashi'];

/** Always the same numbers, so that two runs make the same pictures. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const jsonLine = (time: Date, level: string, message: string, fields: Record<string, unknown> = {}): string =>
  JSON.stringify({ time: time.toISOString(), level, logger: 'orders', message, ...fields });
const pythonLine = (time: Date, level: string, message: string): string =>
  `${time.toISOString().slice(0, 23).replace('T', ' ').replace('.', ',')} - pricing.model - ${level} - ${message}`;

/** Half an hour of ordinary work up to `now`. */
export async function writeOrdinaryLines(directory: string, now: number): Promise<SampleLogs> {
  const random = numbers(7);
  const pick = <Item>(items: readonly [Item, ...Item[]] | Item[]): Item | undefined =>
    items[Math.floor(random() * items.length)];
  const access: string[] = [];
  const auth: string[] = [];
  const orders: string[] = [];
  const model: string[] = [];
  for (let at = now - 30 * MINUTE; at < now; at += 2000 + random() * 4000) {
    const time = new Date(at);
    const status = random() < 0.03 ? 404 : random() < 0.02 ? 502 : 200;
    const address = `192.0.2.${10 + Math.floor(random() * 60)}`;
    access.push(
      accessLine(time, address, `GET ${pick(PATHS) ?? '/'} HTTP/1.1`, {
        status,
        bytes: 400 + Math.floor(random() * 9000),
        agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0',
      }),
    );
    if (random() < 0.3)
      orders.push(
        jsonLine(time, 'info', `注文を受け付けました 口座=${1000 + Math.floor(random() * 900)}`, { ms: 18 }),
      );
    if (random() < 0.05)
      orders.push(jsonLine(time, 'warn', 'broker answers slowly', { broker: 'tse-2', ms: 840 }));
    if (random() < 0.015)
      orders.push(
        jsonLine(time, 'error', '約定通知を受信できませんでした 再接続します', { broker: 'tse-2' }),
      );
    if (random() < 0.2)
      model.push(pythonLine(time, 'INFO', `forecast 7203 horizon=5m mae=${(0.4 + random()).toFixed(3)}`));
    if (random() < 0.02) model.push(pythonLine(time, 'WARNING', 'feature drift psi=0.23 on spread_bps'));
    if (random() < 0.06)
      auth.push(
        authLine(time, `Accepted publickey for ${pick(USERS) ?? 'hana'} from ${address} port 50122 ssh2`),
      );
  }
  const logs = {
    access: new WatchedLog(join(directory, 'shop-access.log')),
    auth: new WatchedLog(join(directory, 'auth.log')),
    orders: new WatchedLog(join(directory, 'orders.json.log')),
    model: new WatchedLog(join(directory, 'pricing-model.log')),
  };
  await logs.access.append(...access);
  await logs.auth.append(...auth);
  await logs.orders.append(...orders);
  await logs.model.append(...model);
  return logs;
}

/** What brings the alerts: an injection tool, somebody who guesses passwords, a look for forgotten files. */
export async function writeAttack(logs: SampleLogs, now: number): Promise<void> {
  const at = (secondsAgo: number): Date => new Date(now - secondsAgo * 1000);
  const injection = (n: number): string =>
    `GET /quotes?id=${n}%27%20UNION%20SELECT%20login,password%20FROM%20accounts--%20 HTTP/1.1`;
  await logs.access.append(
    ...[50, 46, 41, 38, 30, 21, 14, 9].map((ago, n) =>
      accessLine(at(ago), '203.0.113.77', injection(n), { status: n > 5 ? 500 : 200, agent: 'sqlmap/1.8.2' }),
    ),
    ...['/.env', '/.git/config', '/backup.zip', '/wp-login.php'].map((path, n) =>
      accessLine(at(40 - 6 * n), '2001:db8:85a3::8a2e:370:7334', `GET ${path} HTTP/1.1`, { status: 404 }),
    ),
  );
  await logs.auth.append(
    ...['root', 'admin', 'oracle', 'tanaka', 'root', 'test', 'root'].map((user, n) =>
      authLine(at(55 - 7 * n), `Failed password for ${user} from 198.51.100.23 port ${40_100 + n} ssh2`),
    ),
  );
  await logs.orders.append(
    jsonLine(at(4), 'error', '注文サービスがブローカーに接続できません', { broker: 'tse-2', attempt: 3 }),
  );
}

/** How much a reading swings around its middle, in shares of it; series not named here get no past. */
const SWINGS: Record<string, number> = {
  host_cpu_percent: 0.18,
  host_memory_used_percent: 0.04,
  host_disk_used_percent: 0,
  host_network_receive_bytes_per_second: 0.5,
  host_network_transmit_bytes_per_second: 0.5,
  yagura_memory_rss_bytes: 0.02,
};

/** Half an hour of readings before the pictures, around what this machine's readings are now. */
export function writeReadings(directory: string, readings: readonly Reading[], now: number): void {
  const store = openMetricStore({ directory, clock: { now: () => now }, onProblem: () => undefined });
  const random = numbers(11);
  for (let time = now - 32 * MINUTE; time < now; time += STEP_MS) {
    const wave = Math.sin((now - time) / MINUTE / 4);
    const samples: MetricSample[] = readings.flatMap(({ series: { name, labels, unit }, middle }) => {
      const swing = SWINGS[name];
      if (swing === undefined) return [];
      return [{ name, labels, unit, time, value: middle * (1 - swing + swing * (wave / 2 + random() / 2)) }];
    });
    store.append(samples);
  }
  store.close();
}

/** A series of this machine and what it reads at the moment. */
export interface Reading {
  series: SeriesInfo;
  middle: number;
}

/** The readings that a data directory holds. */
export function knownReadings(directory: string, now: number): Reading[] {
  const store = openMetricStore({ directory, clock: { now: () => now }, onProblem: () => undefined });
  const known = store.catalogue().map((series) => {
    const [found] = store.range([series], { from: now - MINUTE, to: now }, 60);
    return { series, middle: found?.values.findLast((value) => value !== null) ?? 0 };
  });
  store.close();
  return known;
}
