import type { Check } from '../../../check.ts';
import { failed, passed, unknown, unreadable } from '../../../verdict.ts';

const HANDLES_PERCENT = 80;
/** Clock limits of the alert rules: 50 ms puts orders and log lines in the wrong order. */
const OFFSET_SECONDS = 0.05;
const LARGE_OFFSET_SECONDS = 1;
const MINUTES = 15;
/** Some wait for a moment on any machine. */
const WAITING_PROCESSES = 3;
const ZOMBIES = 10;

export const systemChecks: readonly Check[] = [
  {
    id: 'PRF-11',
    subject: 'performance',
    score: 'performance',
    weight: 3,
    severity: 'warning',
    minutes: 10,
    references: ['Linux admin-guide: sysctl/fs file-nr'],
    async look(host) {
      const place = '/proc/sys/fs/file-nr';
      const answer = await host.read(place);
      if (!answer.ok) return unknown(answer, place);
      const [used, , most] = answer.value.trim().split(/\s+/).map(Number);
      if (used === undefined || most === undefined || !(most > 0)) return unreadable(place, answer.value);
      const percent = Math.round((used / most) * 100);
      const evidence = [{ text: answer.value.trim(), place }];
      const parameters = { used, percent };
      return percent >= HANDLES_PERCENT ? failed(evidence, { parameters }) : passed(evidence, { parameters });
    },
  },
  {
    id: 'PRF-14',
    subject: 'performance',
    score: 'performance',
    weight: 4,
    severity: 'warning',
    minutes: 5,
    references: ['RFC 5905', 'MiFID II RTS 25'],
    look(_host, readings) {
      const place = 'host_clock_offset_seconds';
      const measured = readings.over(place, MINUTES)[0];
      if (measured === undefined)
        return Promise.resolve({ status: 'unknown', found: 'unmeasured', evidence: [{ text: '–', place }] });
      const offset = Math.abs(measured.latest);
      const evidence = [{ text: `${(measured.latest * 1000).toFixed(1)} ms`, place }];
      const parameters = { offsetMs: Math.round(offset * 1000) };
      if (offset <= OFFSET_SECONDS) return Promise.resolve(passed(evidence, { parameters }));
      const severity = offset > LARGE_OFFSET_SECONDS ? 'error' : 'warning';
      return Promise.resolve(failed(evidence, { parameters, severity }));
    },
  },
  {
    id: 'PRF-16',
    subject: 'performance',
    score: 'performance',
    weight: 3,
    severity: 'warning',
    minutes: 20,
    references: ['Linux ps(1): process state codes'],
    async look(host) {
      const answer = await host.run('ps', ['-eo', 'stat=,pid=,comm=']);
      if (!answer.ok) return unknown(answer, 'ps');
      const lines = answer.value.stdout.split('\n').filter((line) => line.trim() !== '');
      if (lines.length === 0) return unreadable('ps', answer.value.stdout);
      const waiting = lines.filter((line) => line.startsWith('D'));
      const zombies = lines.filter((line) => line.startsWith('Z'));
      const parameters = { waiting: waiting.length, zombies: zombies.length };
      if (waiting.length <= WAITING_PROCESSES && zombies.length <= ZOMBIES)
        return passed([{ text: `D ${waiting.length}, Z ${zombies.length}`, place: 'ps' }], { parameters });
      const evidence = [...waiting, ...zombies].map((line) => ({ text: line.trim(), place: 'ps' }));
      return failed(evidence, { parameters });
    },
  },
];
