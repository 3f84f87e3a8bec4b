import { failed, passed, unknown } from '../../verdict.ts';
import type { YaguraCheck } from './facts.ts';

/** Below this Yagura can't keep a day of a busy desk's logs (SPEC: 5 GB a day at most). */
const LEAST_FREE_BYTES = 5_000_000_000;
const LEAST_FREE_SHARE = 0.1;
/** PCI DSS 10.5.1 asks for twelve months of the trail of who signed in. */
const AUDIT_DAYS = 365;

/** The data directory: private, with room, without secrets, kept long enough. */
export const dataChecks: readonly YaguraCheck[] = [
  {
    id: 'YGR-05',
    subject: 'yagura',
    score: 'security',
    weight: 5,
    severity: 'error',
    minutes: 1,
    references: ['NIST SP 800-53 AU-9', 'PCI DSS 4.0.1 10.3.1'],
    async look(facts) {
      const answer = await facts.ask('directory');
      if (!answer.ok) return unknown(answer, 'data');
      const { open, path, looked } = answer.value;
      if (open.length === 0)
        return passed([{ text: '0700 / 0600', place: path }], { parameters: { count: looked } });
      const evidence = open.map((file) => ({
        text: file.mode.toString(8).padStart(4, '0'),
        place: file.path,
      }));
      return failed(evidence, {
        parameters: { count: open.length },
        // A path is the user's own text: only one that a shell takes as it stands goes into a command.
        command: /^[\w./-]+$/.test(path) ? `chmod -R go-rwx ${path}` : undefined,
      });
    },
  },
  {
    id: 'YGR-06',
    subject: 'yagura',
    score: 'security',
    weight: 4,
    severity: 'warning',
    minutes: 15,
    references: ['NIST SP 800-53 AU-4', 'CIS Controls 8.1 8.3'],
    async look(facts) {
      const answer = await facts.ask('space');
      if (!answer.ok) return unknown(answer, 'data');
      const { freeBytes, totalBytes, usedBytes } = answer.value;
      const parameters = { freeBytes, totalBytes, usedBytes };
      const evidence = [{ text: `${freeBytes} / ${totalBytes} bytes` }];
      const enough = freeBytes >= LEAST_FREE_BYTES || freeBytes >= totalBytes * LEAST_FREE_SHARE;
      if (enough && freeBytes >= LEAST_FREE_BYTES / 5) return passed(evidence, { parameters });
      const severity = freeBytes < LEAST_FREE_BYTES / 10 ? 'error' : 'warning';
      return failed(evidence, { parameters, severity });
    },
  },
  {
    id: 'YGR-07',
    subject: 'yagura',
    score: 'security',
    weight: 4,
    severity: 'error',
    minutes: 1,
    references: ['PCI DSS 4.0.1 3.4.1', 'OWASP Top 10 2021 A09'],
    async look(facts) {
      const answer = await facts.ask('masking');
      if (!answer.ok) return unknown(answer, 'settings.yaml');
      const evidence = [
        { text: `masking.secrets: ${answer.value.secrets}`, place: 'settings.yaml' },
        { text: `masking.users: ${answer.value.users}`, place: 'settings.yaml' },
      ];
      return answer.value.secrets ? passed(evidence) : failed(evidence);
    },
  },
  {
    id: 'YGR-10',
    subject: 'yagura',
    score: 'security',
    weight: 2,
    severity: 'warning',
    minutes: 2,
    references: ['PCI DSS 4.0.1 10.5.1', 'CIS Controls 8.1 8.10', 'NIST SP 800-53 AU-11'],
    async look(facts) {
      const answer = await facts.ask('retention');
      if (!answer.ok) return unknown(answer, 'settings.yaml');
      const evidence = answer.value.map(({ name, days, maxBytes }) => ({
        text: `retention.${name}: ${days} d, ${maxBytes} bytes`,
        place: 'settings.yaml',
      }));
      const days = answer.value.find(({ name }) => name === 'audit')?.days ?? 0;
      const parameters = { days, wanted: AUDIT_DAYS };
      return days >= AUDIT_DAYS ? passed(evidence, { parameters }) : failed(evidence, { parameters });
    },
  },
];
