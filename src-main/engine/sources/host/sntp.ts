import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Clock } from '../../flow/clock.ts';
import type { Failure } from '../../flow/failure.ts';

/** One answer of a time server. */
export interface TimeAnswer {
  /** Seconds this machine's clock is ahead of the server (negative: behind). */
  offsetSeconds: number;
  /** Round trip without the server's own time; the offset can't be wrong by more than half of it. */
  delaySeconds: number;
}

export type TimeResult = { answer: TimeAnswer } | { failure: Failure };

const NTP_PORT = 123;
const ANSWER_LIMIT_MS = 3_000;
const PACKET_BYTES = 48;
/** Seconds from 1900 (NTP) to 1970. */
const EPOCH_SECONDS = 2_208_988_800;
/** Leap indicator 0, version 4, mode 3 (client): RFC 4330, section 4. */
const CLIENT_HEADER = 0x23;
const SERVER_MODE = 4;
const ALARM = 3;

/**
 * Asks a time server once over UDP (SNTP: RFC 4330, and RFC 5905 for the on-wire rules).
 * @param server `host[:port]`, `[address]:port` for IPv6
 */
export async function askTime(server: string, clock: Clock): Promise<TimeResult> {
  const { host, port } = splitServer(server);
  let address: string;
  let family: number;
  try {
    const known = isIP(host);
    ({ address, family } = known === 0 ? await lookup(host) : { address: host, family: known });
  } catch (cause) {
    return failed('host.clock.unknownServer', server, cause);
  }
  return exchange(server, { address, port, family }, clock);
}

function splitServer(server: string): { host: string; port: number } {
  const bracketed = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(server);
  const named = /^([^:]+)(?::(\d{1,5}))?$/.exec(server);
  const match = bracketed ?? named;
  // An IPv6 address without brackets has no place for a port.
  if (match?.[1] === undefined) return { host: server, port: NTP_PORT };
  return { host: match[1], port: match[2] === undefined ? NTP_PORT : Number(match[2]) };
}

function exchange(
  server: string,
  to: { address: string; port: number; family: number },
  clock: Clock,
): Promise<TimeResult> {
  return new Promise((resolve) => {
    const socket = createSocket(to.family === 6 ? 'udp6' : 'udp4');
    const request = Buffer.alloc(PACKET_BYTES);
    request[0] = CLIENT_HEADER;
    // A random stamp instead of the time: tells our answer from a forged one and does not give our clock away.
    randomBytes(8).copy(request, 40);
    let sentAt = 0;
    let sentMark = 0;
    const timer = setTimeout(() => finish(failed('host.clock.noAnswer', server)), ANSWER_LIMIT_MS);
    const finish = (result: TimeResult): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      // A late ICMP error must not become an uncaught exception.
      socket.on('error', () => undefined);
      socket.close();
      resolve(result);
    };
    socket.on('error', (cause) => finish(failed('host.clock.noAnswer', server, cause)));
    socket.on('message', (packet) => {
      // The elapsed time comes from the monotonic clock: the wall clock may be stepped in between.
      const receivedAt = sentAt + (performance.now() - sentMark);
      if (!isAnswerTo(packet, request)) return;
      finish(readAnswer(packet, server, sentAt, receivedAt));
    });
    // Connected: the kernel passes on packets of that one peer only.
    socket.connect(to.port, to.address, () => {
      sentAt = clock.now();
      sentMark = performance.now();
      socket.send(request);
    });
  });
}

function isAnswerTo(packet: Buffer, request: Buffer): boolean {
  return packet.length >= PACKET_BYTES && packet.subarray(24, 32).equals(request.subarray(40, 48));
}

function readAnswer(packet: Buffer, server: string, sentAt: number, receivedAt: number): TimeResult {
  const header = packet[0] ?? 0;
  const stratum = packet[1] ?? 0;
  const receivedThere = stampMs(packet, 32, sentAt);
  const sentThere = stampMs(packet, 40, sentAt);
  // Stratum 0 is a kiss of death (RATE, DENY …): the server asks to be left alone.
  if (stratum === 0) return failed('host.clock.refused', server);
  if ((header & 7) !== SERVER_MODE || header >> 6 === ALARM || stratum > 15) {
    return failed('host.clock.notSynchronised', server);
  }
  if (receivedThere === undefined || sentThere === undefined) {
    return failed('host.clock.notSynchronised', server);
  }
  const serverAhead = (receivedThere - sentAt + (sentThere - receivedAt)) / 2;
  const delay = receivedAt - sentAt - (sentThere - receivedThere);
  return {
    answer: { offsetSeconds: -serverAhead / 1000, delaySeconds: Math.max(0, delay) / 1000 },
  };
}

/** A 64-bit NTP stamp as UTC milliseconds, of the era nearest to `near` (the 32-bit seconds wrap in 2036). */
function stampMs(packet: Buffer, at: number, near: number): number | undefined {
  const seconds = packet.readUInt32BE(at);
  const fraction = packet.readUInt32BE(at + 4) / 2 ** 32;
  if (seconds === 0 && fraction === 0) return undefined;
  const ms = (seconds + fraction - EPOCH_SECONDS) * 1000;
  const era = 2 ** 32 * 1000;
  return ms + Math.round((near - ms) / era) * era;
}

function failed(key: string, server: string, cause?: unknown): TimeResult {
  return { failure: { kind: 'UNAVAILABLE', message: { key, parameters: { server } }, cause } };
}
