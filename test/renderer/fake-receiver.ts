import type { ReceiverState } from '../../src-preload/contract/receiver.ts';
import { LISTENER_IDS } from '../../src-preload/contract/limits.ts';

const PORTS = { syslogUdp: 5514, syslogTcp: 5514, syslogTls: 6514, http: 5580, otlp: 4318 };

/** A receiver as the settings show it: syslog received over UDP, a TLS listener without its key, the rest off. */
export function fakeReceiver(now: number): ReceiverState {
  return {
    listeners: LISTENER_IDS.map((id) => ({
      id,
      enabled: id === 'syslogUdp' || id === 'syslogTls',
      state: id === 'syslogUdp' ? 'ok' : id === 'syslogTls' ? 'error' : 'unknown',
      ...(id === 'syslogTls'
        ? {
            reason: {
              key: 'receiver.problem.fileMissing',
              parameters: { listener: 'syslog+tls://127.0.0.1:6514', file: '' },
              field: 'receiver.syslogTls.certificate',
            },
          }
        : {}),
      warnings: [],
      address: '127.0.0.1',
      port: PORTS[id],
      tls: id === 'syslogTls',
      received: id === 'syslogUdp' ? 12_345 : 0,
      cut: 0,
      deferred: 0,
      dropped: id === 'syslogUdp' ? 7 : 0,
      dropsBy: id === 'syslogUdp' ? { full: 7 } : {},
      connections: 0,
      ...(id === 'syslogUdp' ? { lastSender: '127.0.0.1', lastAt: now - 4000 } : {}),
    })),
  };
}
