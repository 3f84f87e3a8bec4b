import { CounterRates } from '../counter-rate.ts';
import {
  MAX_LABELLED_SERIES,
  NOT_AVAILABLE,
  reading,
  type Collector,
  type PartState,
  type Reading,
} from '../collector.ts';
import { FreeSpaceHistory } from '../disk-forecast.ts';
import type { HostSystem, Mount } from '../system.ts';

/** Space of a file system, as `fs.statfs` answers. */
export interface FileSystemSpace {
  bsize: number;
  blocks: number;
  bfree: number;
  /** Blocks an ordinary user may still take. */
  bavail: number;
  files: number;
  ffree: number;
}

export type AskSpace = (path: string) => Promise<FileSystemSpace>;

/** A server that does not answer holds a thread of Node's pool: waited for no longer than this. */
const ANSWER_LIMIT_MS = 2_000;
/** Shares change slowly, and each question goes over the network. */
const REMOTE_EVERY_MS = 60_000;

/** Space, inodes, time until full of mounts; traffic and latency of devices. */
export function disksCollector(system: HostSystem, askSpace: AskSpace): Collector {
  const spaces = new MountSpaces(askSpace);
  const rates = new CounterRates();
  let state: PartState = NOT_AVAILABLE;

  function deviceReadings(now: number): Reading[] {
    const readings: Reading[] = [];
    for (const disk of (system.diskCounters() ?? []).slice(0, MAX_LABELLED_SERIES)) {
      const growth = rates.growth(disk.device, now, [
        disk.readBytes,
        disk.writtenBytes,
        disk.reads + disk.writes,
        disk.requestSeconds,
      ]);
      const [read, written, operations, busy] = growth?.by ?? [];
      if (growth === undefined || read === undefined || written === undefined) continue;
      if (operations === undefined || busy === undefined) continue;
      const labels = { device: disk.device };
      readings.push(
        reading('host_disk_read_bytes_per_second', 'bytesPerSecond', read / growth.seconds, labels),
        reading('host_disk_write_bytes_per_second', 'bytesPerSecond', written / growth.seconds, labels),
        reading('host_disk_operations_per_second', 'perSecond', operations / growth.seconds, labels),
      );
      // Nothing asked, nothing measured.
      if (operations > 0) {
        readings.push(reading('host_disk_latency_seconds', 'seconds', busy / operations, labels));
      }
    }
    rates.forgetUnread(now);
    return readings;
  }

  return {
    name: 'disks',
    state: () => state,
    async collect(now) {
      const mounts = system.mounts()?.slice(0, MAX_LABELLED_SERIES);
      const devices = deviceReadings(now);
      if (mounts === undefined) {
        state = NOT_AVAILABLE;
        return devices;
      }
      const space = await spaces.collect(mounts, now);
      const silent = spaces.silent;
      state =
        silent === undefined
          ? { state: 'ok' }
          : {
              state: 'notAvailable',
              reason: { key: 'host.health.mountSilent', parameters: { mount: silent } },
            };
      return [...space, ...devices];
    },
  };
}

/** Asks every mount for its space without ever waiting on one that hangs. */
class MountSpaces {
  readonly #ask: AskSpace;
  readonly #history = new Map<string, FreeSpaceHistory>();
  /** Questions not answered in time. Their mounts are left alone until they answer. */
  readonly #hanging = new Set<string>();
  readonly #askedAt = new Map<string, number>();

  constructor(ask: AskSpace) {
    this.#ask = ask;
  }

  /** A mount that does not answer, if there is one. */
  get silent(): string | undefined {
    return this.#hanging.values().next().value;
  }

  async collect(mounts: Mount[], now: number): Promise<Reading[]> {
    const present = new Set(mounts.map((mount) => mount.path));
    for (const path of this.#history.keys()) if (!present.has(path)) this.#history.delete(path);
    const readings: Reading[] = [];
    const local = mounts.filter((mount) => !mount.remote && !this.#hanging.has(mount.path));
    const remote = mounts.find((mount) => mount.remote && this.#isDue(mount.path, now));
    const asked = remote === undefined ? local : [...local, remote];
    if (remote !== undefined) this.#askedAt.set(remote.path, now);
    const answers = await Promise.all(asked.map((mount) => this.#askInTime(mount.path)));
    for (const [index, mount] of asked.entries()) {
      const space = answers[index];
      if (space !== undefined) readings.push(...this.#readings(mount.path, space, now));
    }
    return readings;
  }

  /**
   * One share at a time, and none while one hangs: a dead server usually holds all its mounts, and the thread pool has
   * four threads for the whole engine.
   */
  #isDue(path: string, now: number): boolean {
    if (this.#hanging.size > 0) return false;
    const askedAt = this.#askedAt.get(path);
    return askedAt === undefined || now < askedAt || now - askedAt >= REMOTE_EVERY_MS;
  }

  async #askInTime(path: string): Promise<FileSystemSpace | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const answer = this.#ask(path).then(
      (space) => {
        this.#hanging.delete(path);
        return space;
      },
      () => {
        // Unmounted meanwhile or not ours to ask: no sample, tried again next time.
        this.#hanging.delete(path);
        return undefined;
      },
    );
    const limit = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        this.#hanging.add(path);
        resolve(undefined);
      }, ANSWER_LIMIT_MS);
    });
    try {
      return await Promise.race([answer, limit]);
    } finally {
      clearTimeout(timer);
    }
  }

  #readings(mount: string, space: FileSystemSpace, now: number): Reading[] {
    // As df counts: blocks kept for root are neither used nor free for people.
    const used = space.blocks - space.bfree;
    const usable = used + space.bavail;
    if (usable <= 0) return [];
    const labels = { mount };
    const free = space.bavail * space.bsize;
    const readings = [
      reading('host_disk_used_percent', 'percent', (used / usable) * 100, labels),
      reading('host_disk_free_bytes', 'bytes', free, labels),
    ];
    // btrfs and others have no fixed number of inodes and say 0.
    if (space.files > 0) {
      const inodes = (1 - space.ffree / space.files) * 100;
      readings.push(reading('host_disk_inodes_used_percent', 'percent', inodes, labels));
    }
    readings.push(...this.#untilFull(mount, free, now));
    return readings;
  }

  #untilFull(mount: string, free: number, now: number): Reading[] {
    let history = this.#history.get(mount);
    if (history === undefined) {
      history = new FreeSpaceHistory();
      this.#history.set(mount, history);
    }
    history.add(now, free);
    const forecast = history.forecast;
    if (forecast === undefined) return [];
    const labels = { mount };
    return [
      reading('host_disk_hours_until_full', 'hours', forecast.hours, labels),
      reading('host_disk_hours_until_full_low', 'hours', forecast.low, labels),
      reading('host_disk_hours_until_full_high', 'hours', forecast.high, labels),
    ];
  }
}
