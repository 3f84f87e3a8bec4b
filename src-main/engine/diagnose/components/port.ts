import { failed, passed, unknown } from '../verdict.ts';
import type { HostProbe, ProbeAnswer } from '../host-probe.ts';
import type { LookAt } from './kind.ts';

/** Something listens on this port of this machine. Nothing is connected to: the system's own list is read. */
export const lookAtPort: LookAt<'port'> = async ({ port }, { probe }) => {
  const answer = await (probe.platform === 'linux' ? fromProc(probe) : fromNetstat(probe));
  if (!answer.ok) return unknown(answer, probe.platform === 'linux' ? '/proc/net/tcp' : 'netstat');
  const places = answer.value.filter((each) => each.port === port);
  const parameters = { port: String(port) };
  if (places.length === 0) return failed([{ text: '–', place: `tcp ${port}` }], { parameters });
  return passed(
    places.map(({ address }) => ({ text: address, place: `tcp ${port}` })),
    { parameters },
  );
};

interface Listening {
  address: string;
  port: number;
}

const LISTEN = '0A';

async function fromProc(probe: HostProbe): Promise<ProbeAnswer<Listening[]>> {
  const four = await probe.read('/proc/net/tcp');
  if (!four.ok) return four;
  // A system without IPv6 has no such file.
  const six = await probe.read('/proc/net/tcp6');
  const lines = `${four.value}\n${six.ok ? six.value : ''}`.split('\n');
  const found: Listening[] = [];
  for (const line of lines) {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    if (state !== LISTEN || !/^[0-9A-F]{4}$/.test(port)) continue;
    found.push({ address: addressOf(address), port: Number.parseInt(port, 16) });
  }
  return { ok: true, value: found };
}

/** The kernel writes IPv4 backwards; of IPv6 only "all" and "this machine" tell anything at a glance. */
function addressOf(hex: string): string {
  if (hex.length === 8) return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.');
  if (/^0+$/.test(hex)) return '::';
  return hex === '00000000000000000000000001000000' ? '::1' : hex;
}

/** Windows (`-ano`, `TCP 0.0.0.0:80 … LISTENING`) and macOS (`tcp4 0 0 *.80 … LISTEN`). */
async function fromNetstat(probe: HostProbe): Promise<ProbeAnswer<Listening[]>> {
  const args = probe.platform === 'win32' ? ['-ano'] : ['-an', '-p', 'tcp'];
  const answer = await probe.run('netstat', args);
  if (!answer.ok) return answer;
  const column = probe.platform === 'win32' ? 1 : 3;
  const found: Listening[] = [];
  for (const line of answer.value.stdout.split('\n')) {
    if (!/\bLISTEN(ING)?\b/.test(line)) continue;
    const local = line.trim().split(/\s+/)[column] ?? '';
    const [, address = '', port = ''] = /^(.*)[.:](\d+)$/.exec(local) ?? [];
    if (port !== '') found.push({ address, port: Number(port) });
  }
  return { ok: true, value: found };
}
