import { SEVERITIES } from '../../../../src-preload/contract/shared.ts';
import type { LatestDiagnosis } from '../queries.ts';
import type { DiagnosisData } from '../report-data.ts';

/** Runs a trend is drawn of. */
const MAX_TREND = 30;

export function diagnosisData({ run, fixes, history }: LatestDiagnosis): DiagnosisData {
  const [latest, previous] = history;
  const earlier = history.slice(0, MAX_TREND).reverse();
  const checks = run?.checks ?? [];
  return {
    latest,
    previous,
    trend: {
      security: earlier.flatMap(({ scores }) => scores.security.score ?? []),
      performance: earlier.flatMap(({ scores }) => scores.performance.score ?? []),
    },
    fixes,
    failed: checks
      .filter(({ status }) => status === 'fail')
      .sort(
        (a, b) =>
          SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
          b.weight - b.points - (a.weight - a.points),
      ),
    unknown: checks.filter(({ status }) => status === 'unknown'),
  };
}
