import type { CpuTimes, DiskCounters, Listener, MemoryReading, Mount, NetworkCounters } from '../system.ts';

/*
 * Kernel texts to readings. Formats: Linux Documentation/filesystems/proc.rst, admin-guide/iostats.rst,
 * networking/proc_net_tcp.rst. Lines that do not fit are left out: a newer kernel may add some.
 */

/** diskstats counts in sectors of 512 bytes whatever the device's own sector size. */
const SECTOR_BYTES = 512;

/** /proc/stat, the lines that begin with `cpu`. */
export function parseCpuTimes(text: string): { total: CpuTimes; cores: CpuTimes[] } | undefined {
  let total: CpuTimes | undefined;
  const cores: CpuTimes[] = [];
  for (const line of text.split('\n')) {
    if (!line.startsWith('cpu')) break;
    const [name = '', ...rest] = line.trim().split(/\s+/);
    const times = cpuTimesOf(name === 'cpu' ? -1 : Number(name.slice(3)), rest.map(Number));
    if (times === undefined) continue;
    if (name === 'cpu') total = times;
    else cores.push(times);
  }
  return total === undefined ? undefined : { total, cores };
}

function cpuTimesOf(core: number, ticks: number[]): CpuTimes | undefined {
  // guest and guest_nice (fields 9 and 10) are already counted in user and nice.
  const [user, nice, system, idle, ioWait = 0, interrupt = 0, softInterrupt = 0, steal = 0] = ticks;
  if (user === undefined || nice === undefined || system === undefined || idle === undefined)
    return undefined;
  const busy = user + nice + system + interrupt + softInterrupt + steal;
  const total = busy + idle + ioWait;
  return Number.isFinite(total) && Number.isInteger(core) ? { core, busy, ioWait, total } : undefined;
}

/** /proc/loadavg. */
export function parseLoadAverages(text: string): [number, number, number] | undefined {
  const [one, five, fifteen] = text.split(' ', 3).map(Number);
  if (one === undefined || five === undefined || fifteen === undefined) return undefined;
  return [one, five, fifteen].every(Number.isFinite) ? [one, five, fifteen] : undefined;
}

/** /proc/meminfo. Kernels before 3.14 have no MemAvailable: nothing is guessed then. */
export function parseMemory(text: string): MemoryReading | undefined {
  const bytes = (name: string): number | undefined => {
    const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text);
    return match?.[1] === undefined ? undefined : Number(match[1]) * 1024;
  };
  const total = bytes('MemTotal');
  const available = bytes('MemAvailable');
  if (total === undefined || total === 0 || available === undefined) return undefined;
  return { total, available, swapTotal: bytes('SwapTotal') ?? 0, swapFree: bytes('SwapFree') ?? 0 };
}

/** `oom_kill` of /proc/vmstat; kernels before 4.13 do not count it. */
export function parseOutOfMemoryKills(text: string): number | undefined {
  const match = /^oom_kill (\d+)$/m.exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** Kernel interfaces and memory, not storage; squashfs, iso9660 and erofs images are always full by design. */
const NOT_STORAGE = new Set(
  (
    'autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs erofs fuse.gvfsd-fuse ' +
    'fuse.lxcfs fuse.portal fuse.snapfuse fusectl hugetlbfs iso9660 mqueue nsfs overlay proc pstore ramfs ' +
    'rpc_pipefs securityfs selinuxfs squashfs sysfs tmpfs tracefs'
  ).split(' '),
);
const REMOTE = /^(nfs\d?|cifs|smb\d?|ceph|glusterfs|lustre|afs|9p|virtiofs|davfs|fuse\..+)$/;

/** /proc/mounts. One mount per device: bind mounts would show the same space twice. */
export function parseMounts(text: string): Mount[] {
  const byDevice = new Map<string, Mount>();
  for (const line of text.split('\n')) {
    const [device, path, type] = line.split(' ', 3);
    if (device === undefined || path === undefined || type === undefined) continue;
    // A container's root is an overlay, and the only space it has.
    if (NOT_STORAGE.has(type) && !(type === 'overlay' && path === '/')) continue;
    const mount = {
      path: unescapeOctal(path),
      device: unescapeOctal(device),
      type,
      remote: REMOTE.test(type),
    };
    const known = byDevice.get(device);
    if (known === undefined || mount.path.length < known.path.length) byDevice.set(device, mount);
  }
  return [...byDevice.values()];
}

/** The kernel writes blanks and backslashes of a path as three octal digits, and paths as UTF-8 bytes. */
function unescapeOctal(text: string): string {
  const bytes = text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 8)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** /proc/diskstats, whole devices only as `isDevice` knows them (partitions would count twice). */
export function parseDiskCounters(text: string, isDevice: (name: string) => boolean): DiskCounters[] {
  const disks: DiskCounters[] = [];
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/);
    const device = fields[2];
    if (device === undefined || fields.length < 14 || !isDevice(device)) continue;
    const number = (index: number): number => Number(fields[index]);
    const counters: DiskCounters = {
      device,
      reads: number(3),
      readBytes: number(5) * SECTOR_BYTES,
      writes: number(7),
      writtenBytes: number(9) * SECTOR_BYTES,
      requestSeconds: (number(6) + number(10)) / 1000,
    };
    if (Number.isFinite(counters.reads + counters.writes + counters.requestSeconds)) disks.push(counters);
  }
  return disks;
}

/** /proc/net/dev; the loopback interface is left out, as it is no network. */
export function parseNetworkCounters(text: string): NetworkCounters[] {
  const interfaces: NetworkCounters[] = [];
  for (const line of text.split('\n').slice(2)) {
    const colon = line.lastIndexOf(':');
    if (colon < 0) continue;
    const name = line.slice(0, colon).trim();
    const fields = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    const received = fields[0];
    const transmitted = fields[8];
    if (name === 'lo' || received === undefined || transmitted === undefined) continue;
    if (Number.isFinite(received + transmitted)) interfaces.push({ interface: name, received, transmitted });
  }
  return interfaces;
}

/** include/net/tcp_states.h, in its order from 1 on. */
const TCP_STATES = [
  'established',
  'syn_sent',
  'syn_received',
  'fin_wait_1',
  'fin_wait_2',
  'time_wait',
  'close',
  'close_wait',
  'last_ack',
  'listen',
  'closing',
  'syn_received',
];
const LISTEN = 'listen';

/** /proc/net/tcp or tcp6, added to what is there already. */
export function addSockets(text: string, states: Map<string, number>, listeners: Listener[]): void {
  let start = text.indexOf('\n') + 1;
  while (start > 0 && start < text.length) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length : end + 1;
    // "  sl: LOCAL:PORT REMOTE:PORT ST …"; the state is all that is needed of most lines.
    const match = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2})/.exec(line);
    if (match === null) continue;
    const state = TCP_STATES[parseInt(match[3] ?? '', 16) - 1];
    if (state === undefined) continue;
    if (state !== LISTEN) states.set(state, (states.get(state) ?? 0) + 1);
    else listeners.push({ address: addressOf(match[1] ?? ''), port: parseInt(match[2] ?? '', 16) });
  }
}

/** Addresses are written as 32-bit words in the machine's byte order (little-endian on all we run on). */
function addressOf(hex: string): string {
  const bytes: number[] = [];
  for (let word = 0; word < hex.length; word += 8) {
    for (let byte = 6; byte >= 0; byte -= 2)
      bytes.push(parseInt(hex.slice(word + byte, word + byte + 2), 16));
  }
  if (bytes.length === 4) return bytes.join('.');
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (mapped) return bytes.slice(12).join('.');
  const groups: string[] = [];
  for (let index = 0; index < 16; index += 2) {
    groups.push((((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0)).toString(16));
  }
  return shortestIpv6(groups);
}

/** RFC 5952: the longest run of at least two zero groups becomes `::`. */
function shortestIpv6(groups: string[]): string {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let index = 0; index <= groups.length; index += 1) {
    if (groups[index] === '0') continue;
    if (index - start > best.length) best = { start, length: index - start };
    start = index + 1;
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}

/**
 * The last line of chrony's tracking.log (`log tracking`): date, time, source, stratum, frequency, skew, offset …
 * Its manual does not say which sign means fast, so only the size is taken; alerts look at nothing else.
 */
export function parseChronyTracking(text: string): { seconds: number; measuredAt: number } | undefined {
  const pattern = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) \S+\s+\S+\s+\S+\s+\S+\s+(\S+)/;
  for (const line of text.split('\n').reverse()) {
    const match = pattern.exec(line.trim());
    if (match === null) continue;
    const measuredAt = Date.parse(`${match[1]}T${match[2]}Z`);
    const seconds = Math.abs(Number(match[3]));
    if (Number.isFinite(measuredAt + seconds)) return { seconds, measuredAt };
  }
  return undefined;
}

/** The last line of ntpd's loopstats: modified Julian day, second of the day, offset in seconds (positive: slow) … */
export function parseLoopStatistics(text: string): { seconds: number; measuredAt: number } | undefined {
  /** 1970-01-01 as modified Julian day. */
  const EPOCH_DAY = 40_587;
  for (const line of text.split('\n').reverse()) {
    const [day, second, offset] = line.trim().split(/\s+/).map(Number);
    if (day === undefined || second === undefined || offset === undefined) continue;
    const measuredAt = Math.round(((day - EPOCH_DAY) * 86_400 + second) * 1000);
    if (Number.isFinite(measuredAt + offset)) return { seconds: -offset, measuredAt };
  }
  return undefined;
}
