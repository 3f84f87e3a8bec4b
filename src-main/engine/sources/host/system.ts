/**
 * What an operating system can tell about itself, as raw readings. One file per system in `systems/` implements it;
 * collectors turn readings into series. A reading the system can't give is `undefined`: no sample, never 0.
 */
export interface HostSystem {
  /** Counters since boot: the total, and one per core. */
  cpuTimes(): { total: CpuTimes; cores: CpuTimes[] } | undefined;
  loadAverages(): [number, number, number] | undefined;
  memory(): MemoryReading | undefined;
  /** Processes the kernel killed for lack of memory since boot. */
  outOfMemoryKills(): number | undefined;
  /** Real file systems only: pseudo ones and images that are full by design are left out. */
  mounts(): Mount[] | undefined;
  diskCounters(): DiskCounters[] | undefined;
  networkCounters(): NetworkCounters[] | undefined;
  /** TCP sockets, both address families. */
  sockets(): SocketReading | undefined;
  /** The clock's offset as the machine's own time service last wrote it down. */
  clockOffset(): ClockOffset | undefined;
}

/** Times in any one unit: only their shares are used. */
export interface CpuTimes {
  /** The core's number; -1 for the total. */
  core: number;
  busy: number;
  /** Idle while a request to a disk was open; undefined where the system does not tell. */
  ioWait: number | undefined;
  total: number;
}

/** Bytes. */
export interface MemoryReading {
  total: number;
  /** What programs can get without swapping. */
  available: number;
  swapTotal: number;
  swapFree: number;
}

export interface Mount {
  path: string;
  device: string;
  type: string;
  /** Served over a network: asking about it may hang. */
  remote: boolean;
}

/** Counters since boot. */
export interface DiskCounters {
  device: string;
  reads: number;
  writes: number;
  readBytes: number;
  writtenBytes: number;
  /** Time all requests took together. */
  requestSeconds: number;
}

/** Counters since boot, bytes. */
export interface NetworkCounters {
  interface: string;
  received: number;
  transmitted: number;
}

export interface Listener {
  /** Textual address, `0.0.0.0` and `::` meaning all. */
  address: string;
  port: number;
}

export interface SocketReading {
  /** Connections by TCP state, in the words of RFC 9293 in lower case (`established`, `time_wait` …). */
  states: Map<string, number>;
  listeners: Listener[];
}

export interface ClockOffset {
  /** Seconds this machine's clock is ahead of the reference (negative: behind). */
  seconds: number;
  /** When it was measured, UTC milliseconds. */
  measuredAt: number;
}
