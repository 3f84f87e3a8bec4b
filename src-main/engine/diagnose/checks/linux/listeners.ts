import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';

/** A socket that waits for others. */
export interface Listener {
  protocol: 'tcp' | 'udp';
  address: string;
  port: number;
}

/** State 0A of /proc/net/tcp: LISTEN; an unconnected UDP socket is 07. */
const WAITING = { tcp: '0A', udp: '07' } as const;

/** Waiting sockets from /proc/net, which every user may read. IPv6 may be switched off: then its files are not there. */
export async function readListeners(host: HostProbe): Promise<ProbeAnswer<Listener[]>> {
  const listeners: Listener[] = [];
  for (const protocol of ['tcp', 'udp'] as const) {
    for (const suffix of ['', '6']) {
      const text = await host.read(`/proc/net/${protocol}${suffix}`);
      if (!text.ok && suffix === '6' && text.why === 'absent') continue;
      if (!text.ok) return text;
      for (const line of text.value.split('\n').slice(1)) {
        const [, local = '', , state] = line.trim().split(/\s+/);
        const [hex = '', port = ''] = local.split(':');
        if (state !== WAITING[protocol] || hex === '') continue;
        listeners.push({ protocol, address: addressOf(hex), port: Number.parseInt(port, 16) });
      }
    }
  }
  return { ok: true, value: listeners };
}

/** The kernel writes addresses as 32-bit words in its own byte order: little-endian wherever Yagura runs. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex')].reverse());
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  const mapped = groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff';
  return mapped ? bytes.slice(12).join('.') : groups.join(':').replace(/(^|:)(0(:|$)){2,}/, '::');
}

/** Others can reach it: not bound to the loopback. */
export function isPublic({ address }: Listener): boolean {
  return !address.startsWith('127.') && address !== '::1';
}

export function listenerText({ protocol, address, port }: Listener): string {
  return `${protocol} ${address.includes(':') ? `[${address}]` : address}:${port}`;
}
