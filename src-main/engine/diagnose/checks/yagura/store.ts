import { failed, passed, unknown } from '../../verdict.ts';
import type { YaguraCheck } from './facts.ts';

const DAY_MS = 86_400_000;
/** A week of findings and decisions is what a desk can bear to lose (CIS Controls 11.2: weekly or more often). */
const BACKUP_DAYS = 7;

/** What is kept is whole, unaltered, and kept twice. */
export const storeChecks: readonly YaguraCheck[] = [
  {
    id: 'YGR-01',
    subject: 'yagura',
    score: 'security',
    weight: 6,
    severity: 'error',
    minutes: 30,
    references: ['NIST SP 800-53 SI-7', 'NIST SP 800-53 AU-9'],
    async look(facts) {
      const answer = await facts.ask('integrity');
      if (!answer.ok) return unknown(answer, 'state.db');
      const { files, setAside, skipped } = answer.value;
      const damaged = files.filter((file) => file.problem !== undefined);
      if (damaged.length > 0) {
        const evidence = damaged.map(({ path, problem }) => ({ text: problem ?? '', place: path }));
        return failed(evidence, { parameters: { count: damaged.length } });
      }
      if (setAside.length > 0) {
        const evidence = setAside.map((path) => ({ text: path }));
        return failed(evidence, {
          found: 'setAside',
          parameters: { count: setAside.length },
          points: 3,
          severity: 'warning',
        });
      }
      return passed([{ text: `PRAGMA quick_check: ok (${files.length} files, ${skipped} skipped)` }], {
        parameters: { count: files.length },
      });
    },
  },
  {
    id: 'YGR-11',
    subject: 'yagura',
    score: 'security',
    weight: 5,
    severity: 'critical',
    minutes: 30,
    references: ['NIST SP 800-53 AU-9(3)', 'PCI DSS 4.0.1 10.3.4'],
    async look(facts) {
      const answer = await facts.ask('audit');
      if (!answer.ok) return unknown(answer, 'state.db');
      const { intact, entries, head, faults } = answer.value;
      const evidence = [{ text: `#${head.number} ${head.hash}` }];
      if (intact) return passed(evidence, { parameters: { count: entries } });
      const shown = faults.map(({ kind, number }) => ({ text: kind, place: `#${number}` }));
      return failed([...evidence, ...shown], { parameters: { number: faults[0]?.number ?? 0 } });
    },
  },
  {
    id: 'YGR-04',
    subject: 'yagura',
    score: 'security',
    weight: 5,
    severity: 'warning',
    minutes: 15,
    references: ['NIST SP 800-53 CP-9', 'CIS Controls 8.1 11.2'],
    async look(facts) {
      const answer = await facts.ask('backups');
      if (!answer.ok && answer.why !== 'absent') return unknown(answer, 'backups');
      const newestAt = answer.ok ? answer.value.newestAt : undefined;
      if (newestAt === undefined) return failed([{ text: 'backups/', place: '—' }], { found: 'none' });
      const days = Math.floor((facts.now - newestAt) / DAY_MS);
      const evidence = [{ text: new Date(newestAt).toISOString(), place: 'backups/' }];
      if (days > BACKUP_DAYS) return failed(evidence, { parameters: { days }, points: 1 });
      return passed(evidence, { parameters: { days } });
    },
  },
];
