import { accessLine, applicationLine, authLine, errorLine, signInLine, type DemoLine } from './lines.ts';
import type { Random } from './random.ts';

/** What the desk does all day: orders, quotes, health checks, a sign-in now and then. Raises no finding. */

/** Traders' machines; private addresses (RFC 1918). */
const desk = (number: number): string => `10.20.1.${10 + number}`;
const DESKS = 12;
const CLIENT = 'order-desk/4.2 (Windows NT 10.0)';
/** TSE codes. */
const SYMBOLS = ['7203', '6758', '8306', '9984', '6861', '8035'] as const;

/** The ordinary lines of one second. @param second UTC milliseconds at its beginning */
export function everydayLines(second: number, random: Random): DemoLine[] {
  const lines: DemoLine[] = [];
  const moment = (): number => second + random.whole(0, 999);
  if (random.chance(0.8)) lines.push(quotes(moment(), random));
  if (random.chance(0.3)) lines.push(...order(moment(), random));
  const count = Math.floor(second / 1000);
  if (count % 10 === 0) lines.push(healthCheck(moment()));
  if (count % 60 === 7) lines.push(...everyMinute(moment()));
  if (random.chance(1 / 300)) lines.push(...signIn(moment(), random));
  if (random.chance(1 / 45)) lines.push(smallTrouble(moment(), random));
  if (random.chance(1 / 900)) lines.push(...mistypedPassword(moment(), random));
  return lines;
}

function quotes(time: number, random: Random): DemoLine {
  const number = random.whole(1, DESKS);
  return accessLine(time, {
    address: desk(number),
    user: `desk${String(number).padStart(2, '0')}`,
    request: `GET /api/v1/quotes?symbol=${random.pick(SYMBOLS)}`,
    status: 200,
    bytes: random.whole(380, 520),
    agent: CLIENT,
  });
}

function order(time: number, random: Random): DemoLine[] {
  const number = random.whole(1, DESKS);
  const symbol = random.pick(SYMBOLS);
  const quantity = random.whole(1, 40) * 100;
  const id = `${time % 10_000_000}`.padStart(7, '0');
  const latency = random.whole(4, 28);
  return [
    accessLine(time, {
      address: desk(number),
      user: `desk${String(number).padStart(2, '0')}`,
      request: 'POST /api/v1/orders',
      status: 201,
      bytes: random.whole(240, 320),
      agent: CLIENT,
    }),
    random.chance(0.5)
      ? applicationLine(
          time,
          'INFO',
          'order-gateway',
          `order accepted id=${id} symbol=${symbol} qty=${quantity} latency_ms=${latency}`,
        )
      : applicationLine(
          time,
          'INFO',
          '約定管理',
          `約定しました 注文番号=${id} 銘柄=${symbol} 数量=${quantity} 所要=${latency}ms`,
        ),
  ];
}

function healthCheck(time: number): DemoLine {
  return accessLine(time, {
    address: '10.20.0.5',
    request: 'GET /health',
    status: 200,
    bytes: 17,
    agent: 'uptime-check/1.2',
  });
}

function everyMinute(time: number): DemoLine[] {
  return [
    authLine(time, 'CRON[2210]', 'pam_unix(cron:session): session opened for user backup(uid=34) by (uid=0)'),
    authLine(time + 1, 'CRON[2210]', 'pam_unix(cron:session): session closed for user backup'),
    applicationLine(time, 'INFO', 'リスク管理', '建玉の集計が完了しました 口座=128 所要=412ms'),
  ];
}

function signIn(time: number, random: Random): DemoLine[] {
  const number = random.whole(1, DESKS);
  const user = `desk${String(number).padStart(2, '0')}`;
  return [
    signInLine(time, user, desk(number), true),
    authLine(
      time,
      `sshd[${random.whole(2000, 9000)}]`,
      `Accepted publickey for deploy from 10.20.0.9 port ${random.whole(40_000, 60_000)} ssh2: ED25519 SHA256:kP3dVtq`,
    ),
  ];
}

function smallTrouble(time: number, random: Random): DemoLine {
  const wait = random.whole(900, 1800);
  return random.pick([
    applicationLine(time, 'WARN', 'market-data', `feed gap of ${wait} ms on channel 4, recovered`),
    applicationLine(time, 'WARN', '相場配信', `配信の遅れを検出しました 遅延=${wait}ms チャネル=4`),
    errorLine(time, 'warn', 'an upstream response is buffered to a temporary file while reading upstream'),
  ]);
}

/** People do mistype: once, and then it is right. */
function mistypedPassword(time: number, random: Random): DemoLine[] {
  const number = random.whole(1, DESKS);
  const user = `desk${String(number).padStart(2, '0')}`;
  return [signInLine(time, user, desk(number), false), signInLine(time + 400, user, desk(number), true)];
}
