import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';

/** A socket that waits for others. */
export interface Listener {
  protocol: 'tcp' | 'udp';
  address: string;
  port: number;
  /** Name of the process, where the one who looks may know it: administrators know all, others their own. */
  process?: string | undefined;
}

/** State 0A of /proc/net/tcp: LISTEN; an unconnected UDP socket is 07. */
const WAITING = { tcp: '0A', udp: '07' } as const;

/** Waiting sockets from /proc/net, which every user may read. IPv6 may be switched off: then its files are not there. */
export async function readListeners(host: HostProbe): Promise<ProbeAnswer<Listener[]>> {
  const listeners: Listener[] = [];
  const processes = await readProcesses(host);
  for (const protocol of ['tcp', 'udp'] as const) {
    for (const suffix of ['', '6']) {
      const text = await host.read(`/proc/net/${protocol}${suffix}`);
      if (!text.ok && suffix === '6' && text.why === 'absent') continue;
      if (!text.ok) return text;
      for (const line of text.value.split('\n').slice(1)) {
        const [, local = '', , state] = line.trim().split(/\s+/);
        const [hex = '', port = ''] = local.split(':');
        if (state !== WAITING[protocol] || hex === '') continue;
        const listener = { protocol, address: addressOf(hex), port: Number.parseInt(port, 16) };
        listeners.push({ ...listener, process: processes.get(`${protocol} ${listener.port}`) });
      }
    }
  }
  return { ok: true, value: listeners };
}

/** Processes by `tcp 5432`, as ss(8) tells them; without ss there are no names, which changes no verdict. */
async function readProcesses(host: HostProbe): Promise<Map<string, string>> {
  const answer = await host.run('ss', ['-lntupH']);
  const processes = new Map<string, string>();
  if (!answer.ok || answer.value.exitCode !== 0) return processes;
  for (const line of answer.value.stdout.split('\n')) {
    const [protocol = '', , , , local = ''] = line.split(/\s+/);
    const name = /users:\(\("([^"]+)"/.exec(line)?.[1];
    if (name !== undefined) processes.set(`${protocol} ${local.slice(local.lastIndexOf(':') + 1)}`, name);
  }
  return processes;
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

/** A UDP socket that waits for replies to what it asked, not for questions: its port is one the kernel gave it. */
export function isReply({ protocol, port }: Listener, [first, last]: readonly [number, number]): boolean {
  return protocol === 'udp' && port >= first && port <= last;
}

export function listenerText({ protocol, address, port, process }: Listener): string {
  const socket = `${protocol} ${address.includes(':') ? `[${address}]` : address}:${port}`;
  return process === undefined ? socket : `${socket} ${process}`;
}
