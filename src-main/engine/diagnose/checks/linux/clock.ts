import type { Check } from '../../check.ts';
import { failed, passed, unknown } from '../../verdict.ts';

const common = { subject: 'clock', score: 'security' } as const;
/** Processes that keep the clock, by the name the kernel shows (15 letters at most). */
const SERVICES = ['chronyd', 'ntpd', 'systemd-timesyn', 'openntpd', 'ptp4l', 'phc2sys'];

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
    // timesyncd touches this file whenever it has set the clock.
    const stamp = await host.stat('/run/systemd/timesync/synchronized');
    if (stamp.ok) return passed([{ text: 'synchronised', place: '/run/systemd/timesync/synchronized' }]);
    const answer = await host.run('ps', ['-eo', 'comm=']);
    if (!answer.ok) return unknown(answer, 'ps -eo comm=');
    const running = SERVICES.filter((name) =>
      answer.value.stdout.split('\n').some((line) => line.trim() === name),
    );
    if (running.length > 0) return passed([{ text: running.join(', '), place: 'ps -eo comm=' }]);
    return failed([{ text: `none of ${SERVICES.join(', ')} runs`, place: 'ps -eo comm=' }]);
  },
};

/** Seconds; what exchanges ask of business clocks is a thousandth (RTS 25: 1 ms for most), what logs need is a tenth. */
const MOST_SECONDS = 0.1;

const offset: Check = {
  ...common,
  id: 'CLK-02',
  weight: 3,
  severity: 'warning',
  minutes: 15,
  references: ['chronyc(1)', 'MiFID II RTS 25'],
  async look(host) {
    const command = 'chronyc -c tracking';
    const answer = await host.run('chronyc', ['-c', 'tracking']);
    if (!answer.ok) return unknown(answer, command);
    // Reference, name, stratum, reference time, system time (seconds slow of NTP time), …: chronyc(1), CSV.
    const fields = answer.value.stdout.trim().split(',');
    const seconds = Number(fields[4]);
    if (answer.value.exitCode !== 0 || fields.length < 14 || !Number.isFinite(seconds))
      return unknown(
        { ok: false, why: 'failed', detail: answer.value.stderr || answer.value.stdout },
        command,
      );
    const milliseconds = Math.round(Math.abs(seconds) * 1000 * 1000) / 1000;
    const evidence = [{ text: answer.value.stdout.trim(), place: command }];
    const parameters = { milliseconds };
    return Math.abs(seconds) <= MOST_SECONDS
      ? passed(evidence, { parameters })
      : failed(evidence, { parameters });
  },
};

export const clockChecks: readonly Check[] = [synchronised, offset];
