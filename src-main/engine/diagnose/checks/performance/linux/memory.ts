import type { Check } from '../../../check.ts';
import { failed, notApplicable, passed, unknown, unreadable } from '../../../verdict.ts';

/** SPEC: memory use 85 % is a warning, 90 % critical. */
const USED_PERCENT = 85;
const NEARLY_ALL_PERCENT = 90;
const SWAP_PERCENT = 20;
/** Above it the kernel puts idle programs out to disk while there is memory for them. */
const SWAPPINESS = 10;
const MEMORY = '/proc/meminfo';
const SWAPPINESS_FILE = '/proc/sys/vm/swappiness';

/** A line of /proc/meminfo in bytes; undefined where there is none. */
function bytesOf(text: string, name: string): number | undefined {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
  return found === undefined ? undefined : Number(found) * 1024;
}

export const memoryChecks: readonly Check[] = [
  {
    id: 'PRF-02',
    subject: 'performance',
    score: 'performance',
    weight: 6,
    severity: 'warning',
    minutes: 20,
    references: ['Linux proc(5): /proc/meminfo'],
    async look(host) {
      const answer = await host.read(MEMORY);
      if (!answer.ok) return unknown(answer, MEMORY);
      const total = bytesOf(answer.value, 'MemTotal');
      const available = bytesOf(answer.value, 'MemAvailable');
      if (total === undefined || available === undefined || total === 0)
        return unreadable(MEMORY, answer.value);
      const percent = Math.round((1 - available / total) * 100);
      const parameters = { percent, availableBytes: available, totalBytes: total };
      const evidence = [{ text: `MemAvailable ${available} of ${total} bytes`, place: MEMORY }];
      if (percent <= USED_PERCENT) return passed(evidence, { parameters });
      return failed(evidence, { parameters, severity: percent > NEARLY_ALL_PERCENT ? 'error' : 'warning' });
    },
  },
  {
    id: 'PRF-03',
    subject: 'performance',
    score: 'performance',
    weight: 4,
    severity: 'warning',
    minutes: 20,
    references: ['Linux proc(5): /proc/meminfo'],
    async look(host) {
      const answer = await host.read(MEMORY);
      if (!answer.ok) return unknown(answer, MEMORY);
      const total = bytesOf(answer.value, 'SwapTotal');
      const free = bytesOf(answer.value, 'SwapFree');
      if (total === undefined || free === undefined) return unreadable(MEMORY, answer.value);
      if (total === 0) return notApplicable('none');
      const percent = Math.round((1 - free / total) * 100);
      const parameters = { percent, usedBytes: total - free };
      const evidence = [{ text: `SwapFree ${free} of ${total} bytes`, place: MEMORY }];
      return percent > SWAP_PERCENT ? failed(evidence, { parameters }) : passed(evidence, { parameters });
    },
  },
  {
    id: 'PRF-04',
    subject: 'performance',
    score: 'performance',
    weight: 2,
    severity: 'info',
    minutes: 1,
    references: ['Linux admin-guide: sysctl/vm swappiness'],
    async look(host) {
      const memory = await host.read(MEMORY);
      if (memory.ok && bytesOf(memory.value, 'SwapTotal') === 0) return notApplicable('none');
      const answer = await host.read(SWAPPINESS_FILE);
      if (!answer.ok) return unknown(answer, SWAPPINESS_FILE);
      const value = Number(answer.value);
      if (Number.isNaN(value) || answer.value.trim() === '') return unreadable(SWAPPINESS_FILE, answer.value);
      const evidence = [{ text: `vm.swappiness = ${value}`, place: SWAPPINESS_FILE }];
      const parameters = { swappiness: value, wanted: SWAPPINESS };
      if (value <= SWAPPINESS) return passed(evidence, { parameters });
      return failed(evidence, { parameters, command: `sysctl -w vm.swappiness=${SWAPPINESS}` });
    },
  },
  {
    id: 'PRF-10',
    subject: 'performance',
    score: 'performance',
    weight: 5,
    severity: 'error',
    minutes: 30,
    references: ['Linux admin-guide: mm/concepts, OOM killer'],
    async look(host) {
      const answer = await host.read('/proc/vmstat');
      if (!answer.ok) return unknown(answer, '/proc/vmstat');
      const kills = /^oom_kill (\d+)$/m.exec(answer.value)?.[1];
      // Kernels before 4.13 do not count them.
      if (kills === undefined) return unreadable('/proc/vmstat', 'oom_kill');
      const evidence = [{ text: `oom_kill ${kills}`, place: '/proc/vmstat' }];
      const parameters = { count: Number(kills) };
      return kills === '0' ? passed(evidence, { parameters }) : failed(evidence, { parameters });
    },
  },
];
