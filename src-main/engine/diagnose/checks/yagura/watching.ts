import { failed, notApplicable, passed, unknown } from '../../verdict.ts';
import type { YaguraCheck } from './facts.ts';

/** A log of a machine in use that is silent for a day has usually lost its writer. */
const SILENT_MS = 86_400_000;

/** What Yagura is to see it sees. */
export const watchingChecks: readonly YaguraCheck[] = [
  {
    id: 'YGR-08',
    subject: 'logs',
    score: 'security',
    weight: 6,
    severity: 'error',
    minutes: 10,
    references: ['NIST SP 800-53 AU-5', 'CIS Controls 8.1 8.2', 'PCI DSS 4.0.1 10.7.2'],
    async look(facts) {
      const answer = await facts.ask('sources');
      if (!answer.ok) return answer.why === 'absent' ? notApplicable('notWatching') : unknown(answer, 'logs');
      const sources = answer.value;
      if (sources.length === 0) return failed([{ text: '0', place: 'logs.sources' }], { found: 'none' });
      const unseen = sources.filter((source) => !source.seen);
      const silent = sources.filter(
        ({ seen, lastSeenAt }) => seen && lastSeenAt !== undefined && facts.now - lastSeenAt > SILENT_MS,
      );
      if (unseen.length > 0)
        return failed(
          unseen.map(({ name }) => ({ text: name })),
          { parameters: { count: unseen.length, all: sources.length }, points: 2 },
        );
      const evidence = sources.map(({ name, lastSeenAt }) => ({
        text: lastSeenAt === undefined ? '–' : new Date(lastSeenAt).toISOString(),
        place: name,
      }));
      // One quiet log among several is nothing; when all are quiet, nothing is written any more.
      if (silent.length === sources.length)
        return failed(evidence, { found: 'silent', points: 3, severity: 'warning' });
      return passed(evidence, { parameters: { count: sources.length } });
    },
  },
  {
    id: 'YGR-09',
    subject: 'logs',
    score: 'security',
    weight: 3,
    severity: 'warning',
    minutes: 15,
    references: ['NIST SP 800-53 AU-5', 'PCI DSS 4.0.1 10.7.2'],
    async look(facts) {
      const answer = await facts.ask('drops');
      if (!answer.ok)
        return answer.why === 'absent' ? notApplicable('notWatching') : unknown(answer, 'queues');
      const { queues, looked } = answer.value;
      if (queues.length === 0) return passed([{ text: `0 / ${looked}` }], { parameters: { count: looked } });
      const evidence = queues.map(({ name, dropped }) => ({ text: String(dropped), place: name }));
      const dropped = queues.reduce((sum, queue) => sum + queue.dropped, 0);
      return failed(evidence, { parameters: { count: dropped } });
    },
  },
];
