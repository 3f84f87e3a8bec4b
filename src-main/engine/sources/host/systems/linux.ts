import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { ClockOffset, HostSystem, Listener, SocketReading } from '../system.ts';
import {
  addSockets,
  parseChronyTracking,
  parseCpuTimes,
  parseDiskCounters,
  parseLoadAverages,
  parseLoopStatistics,
  parseMemory,
  parseMounts,
  parseNetworkCounters,
  parseOutOfMemoryKills,
} from './linux-parsers.ts';
import { readText, readTextWithin } from './read-text.ts';

/** 16 MiB of socket table is about 100,000 sockets; beyond, reading it would cost more than it tells. */
const SOCKET_TABLE_LIMIT = 16 * 1024 * 1024;
/** Block devices that are files or memory rather than disks. */
const NOT_A_DISK = /^(loop|ram|zram|fd|sr)\d/;
const TAIL_BYTES = 2048;

/** Readings of Linux from /proc and /sys: no rights needed, no child process. `root` is `/`, or a recording in tests. */
export function linuxSystem(root: string): HostSystem {
  const text = (path: string): string | undefined => readText(join(root, path));
  const parsed = <Result>(path: string, parse: (text: string) => Result): Result | undefined => {
    const content = text(path);
    return content === undefined ? undefined : parse(content);
  };
  const isDisk = diskNames(join(root, 'sys/block'));
  return {
    cpuTimes: () => parsed('proc/stat', parseCpuTimes),
    loadAverages: () => parsed('proc/loadavg', parseLoadAverages),
    memory: () => parsed('proc/meminfo', parseMemory),
    outOfMemoryKills: () => parsed('proc/vmstat', parseOutOfMemoryKills),
    mounts: () => parsed('proc/mounts', parseMounts),
    diskCounters: () => parsed('proc/diskstats', (content) => parseDiskCounters(content, isDisk)),
    networkCounters: () => parsed('proc/net/dev', parseNetworkCounters),
    sockets: () => readSockets(root),
    clockOffset: () => readClockOffset(root),
  };
}

/** A name is looked up once: /sys/block lists whole devices, and a disk's name does not become a partition's. */
function diskNames(folder: string): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    let isDisk = known.get(name);
    if (isDisk === undefined) {
      isDisk = !NOT_A_DISK.test(name) && (list(folder)?.includes(name) ?? false);
      known.set(name, isDisk);
    }
    return isDisk;
  };
}

function list(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch {
    return undefined;
  }
}

function readSockets(root: string): SocketReading | undefined {
  const states = new Map<string, number>();
  const listeners: Listener[] = [];
  let seen = false;
  for (const table of ['tcp', 'tcp6']) {
    const content = readTextWithin(join(root, 'proc/net', table), SOCKET_TABLE_LIMIT);
    if (content === undefined) continue;
    seen = true;
    addSockets(content, states, listeners);
  }
  return seen ? { states, listeners } : undefined;
}

/**
 * The kernel tells its offset through adjtimex only, which needs native code; what time services write down is read
 * instead: chrony's tracking log, ntpd's loop statistics. systemd-timesyncd writes no offset anywhere.
 */
function readClockOffset(root: string): ClockOffset | undefined {
  const chrony = readTail(join(root, 'var/log/chrony/tracking.log'));
  const fromChrony = chrony === undefined ? undefined : parseChronyTracking(chrony);
  if (fromChrony !== undefined) return fromChrony;
  for (const folder of ['var/log/ntpstats', 'var/log/ntpsec', 'var/log/ntp']) {
    const statistics = readTail(join(root, folder, 'loopstats'));
    const offset = statistics === undefined ? undefined : parseLoopStatistics(statistics);
    if (offset !== undefined) return offset;
  }
  return undefined;
}

function readTail(path: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const size = fstatSync(descriptor).size;
    const length = Math.min(size, TAIL_BYTES);
    const bytes = Buffer.alloc(length);
    const count = readSync(descriptor, bytes, 0, length, size - length);
    return bytes.toString('latin1', 0, count);
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
