import { failed, passed, unknown } from '../../verdict.ts';
import type { YaguraCheck } from './facts.ts';

/** The rules in force do find attacks. */
export const detectionChecks: readonly YaguraCheck[] = [
  {
    id: 'YGR-02',
    subject: 'yagura',
    score: 'security',
    weight: 8,
    severity: 'critical',
    minutes: 10,
    references: ['NIST SP 800-53 SI-4', 'OWASP Top 10 2021 A09'],
    async look(facts) {
      const answer = await facts.ask('detection');
      if (!answer.ok) return unknown(answer, 'resources/diagnosis');
      const { found, missed, falseAlarms } = answer.value;
      const evidence = [
        ...missed.map((type) => ({ text: `${type}: –` })),
        ...falseAlarms.map((text) => ({ text })),
        ...found.map((type) => ({ text: `${type}: ✓` })),
      ];
      if (missed.length > 0)
        return failed(evidence, { parameters: { types: missed.join(', '), count: missed.length } });
      if (falseAlarms.length > 0)
        return failed(evidence, {
          found: 'falseAlarm',
          parameters: { count: falseAlarms.length },
          points: 5,
          severity: 'warning',
        });
      return passed(evidence, { parameters: { count: found.length } });
    },
  },
  {
    id: 'YGR-03',
    subject: 'yagura',
    score: 'security',
    weight: 4,
    severity: 'error',
    minutes: 10,
    references: ['NIST SP 800-53 SI-4'],
    async look(facts) {
      const answer = await facts.ask('rules');
      if (!answer.ok) return unknown(answer, 'rules');
      const { loaded, problems } = answer.value;
      if (loaded === 0) return failed([{ text: '0' }], { found: 'none', severity: 'critical' });
      if (problems.length > 0) {
        const evidence = problems.map((text) => ({ text }));
        return failed(evidence, { parameters: { count: problems.length }, points: 2 });
      }
      return passed([{ text: String(loaded), place: 'rules' }], { parameters: { count: loaded } });
    },
  },
];
