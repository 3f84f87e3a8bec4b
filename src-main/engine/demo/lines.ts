/** The logs of the trading desk in the demo: who writes them, and how their lines look. All made up here. */
export const DEMO_LOGS = {
  /** The order API's web server: combined format. */
  access: 'order-api-access.log',
  /** Its error log. */
  error: 'order-api-error.log',
  /** Sign-ins on the gateway host: syslog. */
  auth: 'gateway-auth.log',
  /** Customers' sign-ins: one JSON object a line. */
  account: 'account-api.log',
  /** The trading application, in English and Japanese. */
  application: 'trading-application.log',
} as const;
export type DemoLog = keyof typeof DEMO_LOGS;

/** A line and the log it belongs to. */
export interface DemoLine {
  log: DemoLog;
  /** UTC milliseconds; also in the line itself. */
  time: number;
  /** Without newline. */
  text: string;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

export interface Request {
  address: string;
  /** Who is signed in, else `-`. */
  user?: string;
  /** Method and target, e.g. `GET /api/v1/quotes?symbol=7203`. */
  request: string;
  status: number;
  bytes: number;
  agent: string;
}

export function accessLine(
  time: number,
  { address, user, request, status, bytes, agent }: Request,
): DemoLine {
  const at = new Date(time);
  const day = `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()] ?? ''}/${at.getUTCFullYear()}`;
  const clock = at.toISOString().slice(11, 19);
  return {
    log: 'access',
    time,
    text: `${address} - ${user ?? '-'} [${day}:${clock} +0000] "${request} HTTP/1.1" ${status} ${bytes} "-" "${agent}"`,
  };
}

/** nginx's error log; its stamps carry no zone, so it is read as UTC. */
export function errorLine(time: number, level: 'warn' | 'error', message: string): DemoLine {
  const stamp = new Date(time).toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', '/');
  return { log: 'error', time, text: `${stamp} [${level}] 31#31: *${time % 100_000} ${message}` };
}

export function authLine(time: number, program: string, message: string): DemoLine {
  const stamp = new Date(time).toISOString().replace('Z', '+00:00');
  return { log: 'auth', time, text: `${stamp} gateway ${program}: ${message}` };
}

/** A customer's or trader's sign-in, as the account service tells it. */
export function signInLine(time: number, user: string, address: string, accepted: boolean): DemoLine {
  return {
    log: 'account',
    time,
    text: JSON.stringify({
      time: new Date(time).toISOString(),
      level: accepted ? 'info' : 'warn',
      service: 'account-api',
      message: accepted ? 'login succeeded' : 'login failed: wrong password',
      user,
      ip: address,
    }),
  };
}

export type Level = 'INFO' | 'WARN' | 'ERROR';

export function applicationLine(time: number, level: Level, part: string, message: string): DemoLine {
  return { log: 'application', time, text: `${new Date(time).toISOString()} ${level} [${part}] ${message}` };
}
