import type { Check, CheckVerdict, MetricReading } from '../../../check.ts';
import type { HostProbe, ProbeAnswer } from '../../../host-probe.ts';
import { failed, passed, unknown, unreadable } from '../../../verdict.ts';

/** SPEC: 85 % is a warning, 90 % critical. */
const FULL_PERCENT = 85;
const NEARLY_FULL_PERCENT = 90;
const HOURS_LEFT = 72;
const FEW_HOURS_LEFT = 24;
const WAITING_PERCENT = 20;
/** A disk with moving parts answers in about 10 ms, a solid one in less than 1. */
const SLOW_MS = 50;
const MINUTES = 15;
/** File systems without a disk behind them, or that are full by nature. */
const NOT_DISKS = new Set([
  'tmpfs',
  'devtmpfs',
  'squashfs',
  'iso9660',
  'efivarfs',
  'ramfs',
  'autofs',
  'fuse.snapfuse',
]);
const DISK = /^(sd[a-z]+|vd[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/;

interface MountUse {
  mount: string;
  percent: number;
}

async function mountUse(host: HostProbe, args: readonly string[]): Promise<ProbeAnswer<MountUse[]>> {
  const answer = await host.run('df', args);
  if (!answer.ok) return answer;
  const uses: MountUse[] = [];
  for (const line of answer.value.stdout.split('\n').slice(1)) {
    // Filesystem Type Blocks Used Available Capacity Mounted-on
    const match = /^(\S+)\s+(\S+)\s+\d+\s+\d+\s+\d+\s+(\d+)%\s+(.+)$/.exec(line.trim());
    if (match === null || NOT_DISKS.has(match[2] ?? '')) continue;
    uses.push({ mount: match[4] ?? '', percent: Number(match[3]) });
  }
  return { ok: true, value: uses };
}

/** Blocks or inodes of every mount against the same limits. */
async function lookAtUse(host: HostProbe, args: readonly string[]): Promise<CheckVerdict> {
  const place = `df ${args.join(' ')}`;
  const answer = await mountUse(host, args);
  if (!answer.ok) return unknown(answer, 'df');
  const fullest = answer.value.toSorted((a, b) => b.percent - a.percent);
  const [worst] = fullest;
  if (worst === undefined) return unreadable(place, '');
  const parameters = { mount: worst.mount, percent: worst.percent };
  const full = fullest.filter((use) => use.percent >= FULL_PERCENT);
  const shown = full.length > 0 ? full : [worst];
  const evidence = shown.map(({ mount, percent }) => ({ text: `${mount} ${percent} %`, place }));
  if (full.length === 0) return passed(evidence, { parameters });
  return failed(evidence, {
    parameters,
    severity: worst.percent >= NEARLY_FULL_PERCENT ? 'error' : 'warning',
  });
}

/** Nothing was measured: no engine has been running long enough. */
function unmeasured(metric: string): CheckVerdict {
  return { status: 'unknown', found: 'unmeasured', evidence: [{ text: '–', place: metric }] };
}

function least(readings: MetricReading[]): MetricReading | undefined {
  return readings.toSorted((a, b) => a.latest - b.latest)[0];
}

export const storageChecks: readonly Check[] = [
  {
    id: 'PRF-05',
    subject: 'performance',
    score: 'performance',
    weight: 6,
    severity: 'warning',
    minutes: 20,
    references: ['POSIX df'],
    look: (host) => lookAtUse(host, ['-PTk']),
  },
  {
    id: 'PRF-06',
    subject: 'performance',
    score: 'performance',
    weight: 3,
    severity: 'warning',
    minutes: 20,
    references: ['POSIX df'],
    look: (host) => lookAtUse(host, ['-PTi']),
  },
  {
    id: 'PRF-07',
    subject: 'performance',
    score: 'performance',
    weight: 4,
    severity: 'warning',
    minutes: 20,
    references: ['Google SRE book: capacity planning'],
    look(_host, readings) {
      const soonest = least(readings.over('host_disk_hours_until_full', MINUTES));
      if (soonest === undefined) {
        const [seen] = readings.over('host_disk_used_percent', MINUTES);
        if (seen === undefined) return Promise.resolve(unmeasured('host_disk_hours_until_full'));
        const evidence = [{ text: '∞', place: 'host_disk_hours_until_full' }];
        return Promise.resolve(passed(evidence, { found: 'notFilling' }));
      }
      const hours = Math.round(soonest.latest);
      const mount = soonest.labels['mount'] ?? '';
      const evidence = [{ text: `${mount} ${hours} h`, place: 'host_disk_hours_until_full' }];
      const parameters = { mount, hours };
      if (hours >= HOURS_LEFT) return Promise.resolve(passed(evidence, { parameters }));
      const severity = hours < FEW_HOURS_LEFT ? 'error' : 'warning';
      return Promise.resolve(failed(evidence, { parameters, severity }));
    },
  },
  {
    id: 'PRF-08',
    subject: 'performance',
    score: 'performance',
    weight: 4,
    severity: 'warning',
    minutes: 30,
    references: ['Linux accounting: psi'],
    async look(host, readings) {
      const measured = readings.over('host_cpu_iowait_percent', MINUTES)[0];
      let percent = measured?.mean;
      let place = `host_cpu_iowait_percent, ${MINUTES} min`;
      if (percent === undefined) {
        place = '/proc/pressure/io';
        const answer = await host.read(place);
        if (!answer.ok) return unknown(answer, place);
        percent = Number(/^some .*avg300=([\d.]+)/m.exec(answer.value)?.[1] ?? Number.NaN);
        if (Number.isNaN(percent)) return unreadable(place, answer.value);
      }
      const evidence = [{ text: `${percent.toFixed(1)} %`, place }];
      const parameters = { percent: Math.round(percent) };
      return percent > WAITING_PERCENT ? failed(evidence, { parameters }) : passed(evidence, { parameters });
    },
  },
  {
    id: 'PRF-09',
    subject: 'performance',
    score: 'performance',
    weight: 4,
    severity: 'warning',
    minutes: 30,
    references: ['Linux admin-guide: iostats'],
    async look(host, readings) {
      const measured = readings
        .over('host_disk_latency_seconds', MINUTES)
        .map(({ labels, mean }) => ({ device: labels['device'] ?? '', milliseconds: mean * 1000 }));
      const place = measured.length > 0 ? `host_disk_latency_seconds, ${MINUTES} min` : '/proc/diskstats';
      if (measured.length === 0) {
        const answer = await host.read('/proc/diskstats');
        if (!answer.ok) return unknown(answer, '/proc/diskstats');
        measured.push(...sinceBoot(answer.value));
      }
      const [slowest] = measured.toSorted((a, b) => b.milliseconds - a.milliseconds);
      if (slowest === undefined) return unmeasured(place);
      const evidence = [{ text: `${slowest.device} ${slowest.milliseconds.toFixed(2)} ms`, place }];
      const parameters = { device: slowest.device, elapsedMs: slowest.milliseconds };
      return slowest.milliseconds > SLOW_MS
        ? failed(evidence, { parameters })
        : passed(evidence, { parameters });
    },
  },
];

/** Mean time of an operation since the start of the machine: less telling than the last minutes, but always there. */
function sinceBoot(text: string): { device: string; milliseconds: number }[] {
  return text.split('\n').flatMap((line) => {
    const [, , device = '', reads, , , readMs, writes, , , writeMs] = line.trim().split(/\s+/);
    const operations = Number(reads) + Number(writes);
    if (!DISK.test(device) || !(operations > 0)) return [];
    return [{ device, milliseconds: (Number(readMs) + Number(writeMs)) / operations }];
  });
}
