import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';

/** `/proc/mounts`, a line. */
export interface Mount {
  device: string;
  point: string;
  options: string[];
}

export const MOUNTS = '/proc/mounts';
/** Volumes on volumes on arrays: nobody stacks deeper. */
const MAX_DEPTH = 8;
const BLOCKS = '/sys/class/block';

/** Mounts in force; where several lie on one point the last one shows. */
export function mountsOf(text: string): Mount[] {
  const mounts = new Map<string, Mount>();
  for (const line of text.split('\n')) {
    const [device = '', point = '', , options = ''] = line.split(' ');
    if (point !== '') mounts.set(point, { device, point, options: options.split(',') });
  }
  return [...mounts.values()];
}

/** The mount that a path lies on. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  return mounts
    .filter(({ point }) => point === '/' || path === point || path.startsWith(`${point}/`))
    .sort((one, other) => other.point.length - one.point.length)[0];
}

/**
 * How a device keeps what is written on it. `virtual`: the disk of a virtual machine, not encrypted by this system, perhaps
 * by the host's. `other`: no block device (overlay, ZFS, network).
 */
export type Protection = { kind: 'encrypted' | 'plain' | 'virtual' | 'other'; by: string };

/** Follows a device down to its disks; every one of them must be below dm-crypt. */
export async function protectionOf(host: HostProbe, device: string): Promise<ProbeAnswer<Protection>> {
  const name = await kernelName(host, device);
  if (!name.ok) return name;
  if (name.value === undefined) return { ok: true, value: { kind: 'other', by: device } };
  return below(host, name.value, 0);
}

/** `dm-0` of `/dev/mapper/vg-root`, `sda2` of `/dev/sda2`. */
async function kernelName(host: HostProbe, device: string): Promise<ProbeAnswer<string | undefined>> {
  const mapped = /^\/dev\/mapper\/(.+)$/.exec(device)?.[1];
  if (mapped === undefined) return { ok: true, value: /^\/dev\/([\w-]+)$/.exec(device)?.[1] };
  const blocks = await host.list(BLOCKS);
  if (!blocks.ok) return blocks;
  for (const name of blocks.value.filter((each) => each.startsWith('dm-'))) {
    const text = await host.read(`${BLOCKS}/${name}/dm/name`);
    if (text.ok && text.value.trim() === mapped) return { ok: true, value: name };
  }
  return { ok: true, value: undefined };
}

async function below(host: HostProbe, name: string, depth: number): Promise<ProbeAnswer<Protection>> {
  const uuid = await host.read(`${BLOCKS}/${name}/dm/uuid`);
  if (uuid.ok && uuid.value.startsWith('CRYPT-')) {
    const by = uuid.value.split('-').slice(0, 2).join('-');
    return { ok: true, value: { kind: 'encrypted', by: `${name} ${by}` } };
  }
  const slaves = await host.list(`${BLOCKS}/${name}/slaves`);
  if (!slaves.ok && slaves.why !== 'absent') return slaves;
  if (!slaves.ok || slaves.value.length === 0 || depth === MAX_DEPTH) {
    const kind = /^(vd[a-z]|xvd[a-z]|root$)/.test(name) ? 'virtual' : 'plain';
    return { ok: true, value: { kind, by: name } };
  }
  let protection: ProbeAnswer<Protection> | undefined;
  for (const slave of slaves.value) {
    const answer = await below(host, slave, depth + 1);
    if (!answer.ok || answer.value.kind !== 'encrypted') return answer;
    protection ??= answer;
  }
  return protection ?? { ok: true, value: { kind: 'plain', by: name } };
}
