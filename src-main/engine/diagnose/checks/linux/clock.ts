import type { CheckEvidence } from '../../../../../src-preload/contract/diagnosis.ts';
import type { Check, CheckVerdict } from '../../check.ts';
import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';
import { failed, notApplicable, passed, unknown } from '../../verdict.ts';
import { isContainer } from './container.ts';

const common = { subject: 'clock', score: 'security' } as const;
/** Processes that keep the clock, by the name the kernel shows (15 letters at most). */
const SERVICES = ['chronyd', 'ntpd', 'systemd-timesyn', 'openntpd', 'ptp4l', 'phc2sys'];
const STAMP = '/run/systemd/timesync/synchronized';
const FLAG = 'timedatectl show';
const ADJTIME = '/etc/adjtime';
/** What the engine measures itself, where a time server is set. */
const METRIC = 'host_clock_offset_seconds';
const MINUTES = 15;

const synchronised: Check = {
  ...common,
  id: 'CLK-01',
  weight: 5,
  severity: 'error',
  minutes: 10,
  references: [
    'CIS Debian Linux 12 Benchmark, 2.3 Configure Time Synchronization',
    'NIST SP 800-53 AU-8',
    'MiFID II RTS 25',
  ],
  async look(host) {
    const flag = await kernelFlag(host);
    if (flag === 'yes') return passed([{ text: 'NTPSynchronized=yes', place: FLAG }]);
    // timesyncd touches this file whenever it has set the clock.
    const stamp = await host.stat(STAMP);
    if (stamp.ok) return passed([{ text: 'synchronised', place: STAMP }]);
    // In a container the clock is its host's, and nothing in it keeps it.
    if (await isContainer(host)) return notApplicable('container');
    const answer = await host.run('ps', ['-eo', 'comm=']);
    if (!answer.ok) return unknown(answer, 'ps -eo comm=');
    const names = answer.value.stdout.split('\n').map((line) => line.trim());
    const running = SERVICES.filter((name) => names.includes(name));
    const place = 'ps -eo comm=';
    if (running.length === 0) return failed([{ text: `none of ${SERVICES.join(', ')} runs`, place }]);
    const evidence = [{ text: running.join(', '), place }];
    if (flag !== 'no') return passed(evidence);
    return failed([...evidence, { text: 'NTPSynchronized=no', place: FLAG }], {
      found: 'unsynchronised',
      points: 2,
      parameters: { names: running.join(', ') },
    });
  },
};

/** What the kernel itself holds of its clock (adjtimex(2)), whichever service keeps it; undefined without systemd. */
async function kernelFlag(host: HostProbe): Promise<'yes' | 'no' | undefined> {
  const answer = await host.run('timedatectl', ['show', '-p', 'NTPSynchronized', '--value']);
  const value = answer.ok && answer.value.exitCode === 0 ? answer.value.stdout.trim() : '';
  return value === 'yes' || value === 'no' ? value : undefined;
}

/** Seconds; what exchanges ask of business clocks is a thousandth (RTS 25: 1 ms for most), what logs need is a tenth. */
const MOST_SECONDS = 0.1;

/** The offset as a service tells it: seconds, either way. */
interface Told {
  seconds: number;
  evidence: CheckEvidence;
}

/** The services that tell, each in its own way; the engine's own measurement after them. */
const offset: Check = {
  ...common,
  id: 'CLK-02',
  weight: 3,
  severity: 'warning',
  minutes: 15,
  references: ['chronyc(1)', 'timedatectl(1)', 'MiFID II RTS 25'],
  async look(host, readings) {
    let failure: Extract<ProbeAnswer<never>, { ok: false }> | undefined;
    for (const ask of [chrony, timesyncd, ntpd]) {
      const told = await ask(host);
      if (told.ok) return judged(told.value);
      if (told.why !== 'absent') failure ??= told;
    }
    const measured = readings.over(METRIC, MINUTES)[0];
    if (measured !== undefined)
      return judged({
        seconds: measured.latest,
        evidence: { text: `${(measured.latest * 1000).toFixed(3)} ms`, place: METRIC },
      });
    return unknown(failure ?? { ok: false, why: 'absent', detail: '' }, 'chronyc, timedatectl, ntpq');
  },
};

function judged({ seconds, evidence }: Told): CheckVerdict {
  const parameters = { milliseconds: Math.round(Math.abs(seconds) * 1000 * 1000) / 1000 };
  return Math.abs(seconds) <= MOST_SECONDS
    ? passed([evidence], { parameters })
    : failed([evidence], { parameters });
}

async function chrony(host: HostProbe): Promise<ProbeAnswer<Told>> {
  const answer = await host.run('chronyc', ['-c', 'tracking']);
  if (!answer.ok) return answer;
  // Reference, name, stratum, reference time, system time (seconds slow of NTP time), …: chronyc(1), CSV.
  const fields = answer.value.stdout.trim().split(',');
  const seconds = Number(fields[4]);
  if (answer.value.exitCode !== 0 || fields.length < 14 || !Number.isFinite(seconds))
    return { ok: false, why: 'failed', detail: answer.value.stderr || answer.value.stdout };
  return {
    ok: true,
    value: { seconds, evidence: { text: answer.value.stdout.trim(), place: 'chronyc -c tracking' } },
  };
}

const UNITS: Record<string, number> = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600 };

async function timesyncd(host: HostProbe): Promise<ProbeAnswer<Told>> {
  const answer = await host.run('timedatectl', ['timesync-status']);
  if (!answer.ok) return answer;
  // Offset: +1.318ms; from a minute on: -1min 2.5s
  const text = /^\s*Offset: (.+)$/m.exec(answer.value.stdout)?.[1]?.trim();
  if (text === undefined) return { ok: false, why: 'absent', detail: answer.value.stderr.trim() };
  let seconds = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/g))
    seconds += Number(amount) * (UNITS[unit] ?? Number.NaN);
  if (!Number.isFinite(seconds)) return { ok: false, why: 'failed', detail: text };
  return {
    ok: true,
    value: { seconds, evidence: { text: `Offset: ${text}`, place: 'timedatectl timesync-status' } },
  };
}

async function ntpd(host: HostProbe): Promise<ProbeAnswer<Told>> {
  const answer = await host.run('ntpq', ['-c', 'rv 0 offset']);
  if (!answer.ok) return answer;
  // Milliseconds: ntpq(8).
  const text = /\boffset=([-+]?[\d.]+)/.exec(answer.value.stdout)?.[1];
  if (text === undefined) return { ok: false, why: 'failed', detail: answer.value.stderr.trim() };
  const evidence = { text: `offset=${text}`, place: 'ntpq -c "rv 0 offset"' };
  return { ok: true, value: { seconds: Number(text) / 1000, evidence } };
}

/** The clock of the board in local time jumps twice a year, and with every other system that starts there. */
const zone: Check = {
  ...common,
  id: 'CLK-03',
  weight: 1,
  severity: 'warning',
  minutes: 2,
  references: ['hwclock(8), The Adjtime File', 'localtime(5)'],
  async look(host) {
    const adjusted = await host.read(ADJTIME);
    if (!adjusted.ok && adjusted.why !== 'absent') return unknown(adjusted, ADJTIME);
    const board = (adjusted.ok && adjusted.value.split('\n')[2]?.trim()) || 'UTC';
    const link = await host.run('readlink', ['-f', '/etc/localtime']);
    if (!link.ok) return unknown(link, '/etc/localtime');
    const used = /\/zoneinfo\/(.+)$/.exec(link.value.stdout.trim())?.[1];
    const written = await host.read('/etc/timezone');
    const named = written.ok ? written.value.trim() : '';
    const evidence = [
      { text: board, place: ADJTIME },
      { text: used ?? 'UTC (not set)', place: '/etc/localtime' },
      ...(named === '' ? [] : [{ text: named, place: '/etc/timezone' }]),
    ];
    if (board === 'LOCAL') return failed(evidence, { command: 'timedatectl set-local-rtc 0' });
    // Java and databases read the one, everything else the other.
    if (used !== undefined && named !== '' && canonical(named) !== canonical(used))
      return failed(evidence, { found: 'zones', parameters: { used, named } });
    return passed(evidence, { parameters: { zone: used ?? 'UTC' } });
  },
};

/** Names of UTC that zoneinfo links to each other. */
function canonical(name: string): string {
  return name.replace(/^(Etc\/)?(UTC|UCT|Universal|Zulu)$/, 'UTC');
}

export const clockChecks: readonly Check[] = [synchronised, offset, zone];
