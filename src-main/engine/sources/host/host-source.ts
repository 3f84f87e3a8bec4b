import { statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { SourceHealth } from '../../../../src-preload/contract/system.ts';
import type { Clock } from '../../flow/clock.ts';
import type { MetricSample } from '../../flow/metric.ts';
import type { Observation } from '../../flow/observation.ts';
import type { OutboundLog } from '../../flow/outbound.ts';
import type { ValueStore } from '../../store/types.ts';
import type { Collector, PartState } from './collector.ts';
import { clockCollector } from './collectors/clock.ts';
import { connectionsCollector } from './collectors/connections.ts';
import { cpuCollector } from './collectors/cpu.ts';
import { disksCollector, type AskSpace } from './collectors/disks.ts';
import { ListenerWatch } from './collectors/listeners.ts';
import { memoryCollector } from './collectors/memory.ts';
import { networkCollector } from './collectors/network.ts';
import { selfCollector } from './collectors/self.ts';
import type { HostSystem } from './system.ts';
import { linuxSystem } from './systems/linux.ts';
import { portableSystem } from './systems/portable.ts';

export interface HostSourceOptions {
  clock: Clock;
  /** Where what was learnt (known listeners) is kept. */
  values: ValueStore;
  observe: (observation: Observation) => void;
  /** `metrics.ntpServer` of the settings in force; empty: nothing is sent. */
  ntpServer?: () => string;
  outbound: OutboundLog;
  /** `/`, or a folder with recorded `proc` and `sys` in tests. */
  root?: string;
  platform?: NodeJS.Platform;
  askSpace?: AskSpace;
}

/** One part of the host, for "What I can see". */
export interface HostPart extends PartState {
  name: string;
}

export interface HostSource {
  /** One collection. Never rejects; what can't be read is missing. A call while one is under way waits for that one. */
  collect(): Promise<MetricSample[]>;
  health(): SourceHealth;
  /** Part by part: what this system can't give says so. */
  parts(): HostPart[];
}

/** This machine's metrics (A1–A4, A9, A12). The caller decides how often. */
export function createHostSource(options: HostSourceOptions): HostSource {
  const { clock } = options;
  const platform = options.platform ?? process.platform;
  const system: HostSystem =
    platform === 'linux' ? linuxSystem(options.root ?? '/') : portableSystem(platform);
  const listeners = new ListenerWatch(options.values, options.observe);
  const collectors: Collector[] = [
    cpuCollector(system),
    memoryCollector(system),
    disksCollector(system, options.askSpace ?? statfs),
    networkCollector(system),
    connectionsCollector(system, (seen, now) => listeners.accept(seen, now)),
    clockCollector(system, clock, options.ntpServer ?? (() => ''), options.outbound),
    selfCollector(),
  ];
  const failures = new Map<string, PartState>();
  let lastSeenAt: number | undefined;
  let items = 0;
  let underWay: Promise<MetricSample[]> | undefined;

  async function collectPart(collector: Collector, time: number): Promise<MetricSample[]> {
    try {
      const readings = await collector.collect(time);
      failures.delete(collector.name);
      return readings
        .filter((item) => Number.isFinite(item.value))
        .map(({ name, labels, value, unit }) => ({ name, labels, value, unit, time }));
    } catch (error) {
      // One part that fails must not take the others with it; it is shown as unreadable with its reason.
      const reason = error instanceof Error ? error.message : String(error);
      failures.set(collector.name, {
        state: 'notAvailable',
        reason: { key: 'host.health.failed', parameters: { reason } },
      });
      return [];
    }
  }

  async function collectAll(): Promise<MetricSample[]> {
    const time = clock.now();
    const samples: MetricSample[] = [];
    for (const collector of collectors) samples.push(...(await collectPart(collector, time)));
    if (samples.length > 0) lastSeenAt = time;
    items += samples.length;
    return samples;
  }

  const parts = (): HostPart[] =>
    collectors.map((collector) => ({
      name: collector.name,
      ...(failures.get(collector.name) ?? collector.state()),
    }));

  return {
    collect() {
      underWay ??= collectAll().finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
    parts,
    health() {
      const blind = parts().filter((part) => part.state !== 'ok');
      const seen = lastSeenAt !== undefined;
      // The clock is the one part that needs a choice by the user; without it the host is seen all the same.
      const broken = blind.find((part) => part.name !== 'clock') ?? blind[0];
      return {
        id: 'host',
        kind: 'host',
        name: hostname(),
        state: seen && (broken === undefined || broken.name === 'clock') ? 'ok' : 'unknown',
        reason: broken?.reason === undefined ? undefined : broken.reason,
        lastSeenAt,
        items,
      };
    },
  };
}
