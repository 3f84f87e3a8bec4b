import type { Check } from '../../../check.ts';
import type { CheckEvidence } from '../../../../../../src-preload/contract/diagnosis.ts';
import type { HostProbe } from '../../../host-probe.ts';
import { failed, notApplicable, passed, unknown, unreadable } from '../../../verdict.ts';

/** SPEC: processor use 80 % for a while is a warning, 90 % critical. */
const BUSY_PERCENT = 80;
const VERY_BUSY_PERCENT = 90;
const MINUTES = 15;
/** More threads that want to run than cores: they wait for each other. */
const LOAD_PER_CORE = 1;
const TOP_PROCESSES = 3;

const CPU = '/sys/devices/system/cpu';
/** Sources the kernel reads without a system call; the others cost microseconds for every time stamp. */
const FAST_CLOCKS = ['tsc', 'kvm-clock', 'arch_sys_counter', 'hyperv_clocksource_tsc_page', 'xen'];

async function topProcesses(host: HostProbe): Promise<CheckEvidence[]> {
  const answer = await host.run('ps', ['-eo', 'pcpu=,pid=,comm=', '--sort=-pcpu']);
  if (!answer.ok) return [];
  const lines = answer.value.stdout.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(0, TOP_PROCESSES).map((line) => ({ text: line.trim(), place: 'ps' }));
}

async function coresOf(host: HostProbe): Promise<number> {
  const answer = await host.read('/proc/cpuinfo');
  return answer.ok ? (answer.value.match(/^processor\s*:/gm)?.length ?? 0) : 0;
}

export const processorChecks: readonly Check[] = [
  {
    id: 'PRF-01',
    subject: 'performance',
    score: 'performance',
    weight: 6,
    severity: 'warning',
    minutes: 15,
    references: ['Linux proc(5): /proc/loadavg'],
    async look(host, readings) {
      const measured = readings.over('host_cpu_percent', MINUTES)[0];
      if (measured !== undefined) {
        const percent = Math.round(measured.mean);
        const evidence = [{ text: `mean ${percent} %`, place: `host_cpu_percent, ${MINUTES} min` }];
        const parameters = { percent, minutes: MINUTES };
        if (percent <= BUSY_PERCENT) return passed(evidence, { found: 'used', parameters });
        const severity = percent > VERY_BUSY_PERCENT ? 'error' : 'warning';
        return failed([...evidence, ...(await topProcesses(host))], { found: 'used', parameters, severity });
      }
      const answer = await host.read('/proc/loadavg');
      if (!answer.ok) return unknown(answer, '/proc/loadavg');
      const load = Number(answer.value.split(' ')[1] ?? Number.NaN);
      const cores = await coresOf(host);
      if (Number.isNaN(load) || cores === 0) return unreadable('/proc/loadavg', answer.value);
      const evidence = [{ text: answer.value.trim(), place: '/proc/loadavg' }];
      const parameters = { load, cores };
      if (load <= cores * LOAD_PER_CORE) return passed(evidence, { parameters });
      return failed([...evidence, ...(await topProcesses(host))], { parameters });
    },
  },
  {
    id: 'PRF-12',
    subject: 'performance',
    score: 'performance',
    weight: 4,
    severity: 'warning',
    minutes: 30,
    references: ['Linux admin-guide: sysfs thermal_throttle'],
    async look(host) {
      const cpus = await host.list(CPU);
      if (!cpus.ok) return unknown(cpus, CPU);
      const throttled: CheckEvidence[] = [];
      let seen = 0;
      for (const cpu of cpus.value.filter((name) => /^cpu\d+$/.test(name))) {
        const place = `${CPU}/${cpu}/thermal_throttle/core_throttle_count`;
        const answer = await host.read(place);
        if (!answer.ok && answer.why !== 'absent') return unknown(answer, place);
        if (!answer.ok) continue;
        seen += 1;
        if (Number(answer.value) > 0) throttled.push({ text: answer.value.trim(), place });
      }
      if (seen === 0) return notApplicable('virtual');
      if (throttled.length > 0) return failed(throttled, { parameters: { count: throttled.length } });
      return passed([{ text: '0', place: `${CPU}/cpu*/thermal_throttle` }], { parameters: { count: seen } });
    },
  },
  {
    id: 'PRF-13',
    subject: 'performance',
    score: 'performance',
    weight: 2,
    severity: 'warning',
    minutes: 10,
    references: ['Linux timers: timekeeping'],
    async look(host) {
      const place = '/sys/devices/system/clocksource/clocksource0/current_clocksource';
      const answer = await host.read(place);
      if (!answer.ok) return unknown(answer, place);
      const source = answer.value.trim();
      const evidence = [{ text: source, place }];
      return FAST_CLOCKS.includes(source)
        ? passed(evidence, { parameters: { source } })
        : failed(evidence, { parameters: { source } });
    },
  },
  {
    id: 'PRF-15',
    subject: 'performance',
    score: 'performance',
    weight: 2,
    severity: 'info',
    minutes: 2,
    references: ['Linux admin-guide: pm/cpufreq'],
    async look(host) {
      const place = `${CPU}/cpu0/cpufreq/scaling_governor`;
      const answer = await host.read(place);
      // A virtual machine does not rule its clock.
      if (!answer.ok) return answer.why === 'absent' ? notApplicable('virtual') : unknown(answer, place);
      const governor = answer.value.trim();
      const evidence = [{ text: governor, place }];
      if (governor === 'performance') return passed(evidence, { parameters: { governor } });
      // It follows the load within milliseconds, which a desk seldom notices.
      const points = governor === 'schedutil' ? 1 : 0;
      return failed(evidence, {
        parameters: { governor },
        points,
        command: 'cpupower frequency-set -g performance',
      });
    },
  },
];
