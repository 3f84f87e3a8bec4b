import type { ListenerId } from '../../../../src-preload/contract/limits.ts';
import type { ReceiverSettings } from '../../../../src-preload/contract/receiver.ts';
import type { Message } from '../../../../src-preload/contract/shared.ts';
import { ListenerFault } from './listener.ts';
import { isLoopback } from './sender-gate.ts';
import type { Tally } from './tally.ts';

/** Losses stay shown for so long after the last one. */
const SHOWN_MS = 10 * 60_000;

/** Where a listener is reached, as a URL. */
export function addressOf(id: ListenerId, settings: ReceiverSettings, boundPort?: number): string {
  const own = settings[id];
  const { address, port } = own;
  const place = `${address.includes(':') ? `[${address}]` : address}:${boundPort ?? port}`;
  const http = 'certificate' in own && own.certificate !== '' ? 'https' : 'http';
  switch (id) {
    case 'syslogUdp':
      return `syslog+udp://${place}`;
    case 'syslogTcp':
      return `syslog+tcp://${place}`;
    case 'syslogTls':
      return `syslog+tls://${place}`;
    case 'http':
      return `${http}://${place}/v1/lines`;
    case 'otlp':
      return `${http}://${place}`;
  }
}

/**
 * Syslog without TLS has nothing that tells who sends. Beyond this machine it listens only to addresses that are named.
 * @throws ListenerFault
 */
export function mustBeRefused(id: ListenerId, settings: ReceiverSettings): void {
  const open = (id === 'syslogUdp' || id === 'syslogTcp') && !isLoopback(settings[id].address);
  if (open && settings.allow.length === 0)
    throw new ListenerFault('receiver.allow', 'receiver.problem.needsAllow', {
      address: settings[id].address,
    });
}

/** What somebody who opens a listener should know, the gravest first. */
export function warningsOf(id: ListenerId, settings: ReceiverSettings, hasToken: boolean): Message[] {
  const needsToken = id === 'http' || id === 'otlp';
  const exposure = exposureOf(id, settings, needsToken);
  const keys = [
    ...(exposure === undefined ? [] : [exposure]),
    ...(needsToken && !hasToken ? ['noToken'] : []),
  ];
  const { address } = settings[id];
  return keys.map((key) => ({ key: `receiver.warning.${key}`, parameters: { address } }));
}

/** What it means that other machines reach it; undefined where they don't. */
function exposureOf(id: ListenerId, settings: ReceiverSettings, needsToken: boolean): string | undefined {
  const own = settings[id];
  if (isLoopback(own.address)) return undefined;
  const tls = id === 'syslogTls' || ('certificate' in own && own.certificate !== '');
  if (!tls) return needsToken ? 'clearToken' : 'clear';
  const anybody = 'clientAuthority' in own && own.clientAuthority === '' && settings.allow.length === 0;
  return anybody ? 'anybody' : 'open';
}

export function dropProblem(tally: Tally, listener: string, now: number): Message | undefined {
  if (tally.lastLossAt === undefined || now - tally.lastLossAt > SHOWN_MS) return undefined;
  return { key: 'receiver.problem.dropped', parameters: { listener, n: tally.lost } };
}
