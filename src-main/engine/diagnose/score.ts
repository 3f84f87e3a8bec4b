import type {
  CheckResult,
  DiagnosisSummary,
  Score,
  ScoreName,
  Scores,
  TopFix,
} from '../../../src-preload/contract/diagnosis.ts';

/*
 * points × 100 / maximum over the checks that ran. A check that could not see counts neither as passed nor as failed: it
 * lowers the coverage, which is shown beside every score. Published in docs/diagnosis.md.
 */

/** A check that ran: it has points and a maximum. */
function ran(check: CheckResult): boolean {
  return check.status === 'pass' || check.status === 'fail';
}

/** Both scores. */
export function scoresOf(checks: readonly CheckResult[]): Scores {
  return { security: scoreOf(checks, 'security'), performance: scoreOf(checks, 'performance') };
}

function scoreOf(checks: readonly CheckResult[], name: ScoreName): Score {
  const own = checks.filter((check) => check.score === name);
  const seen = own.filter(ran);
  const unseen = own.filter((check) => check.status === 'unknown');
  const points = sum(seen, (check) => check.points);
  const maximum = sum(seen, (check) => check.weight);
  return {
    score: maximum === 0 ? null : Math.round((points * 100) / maximum),
    points,
    maximum,
    ran: seen.length,
    unknown: unseen.length,
    coverage: shareOf(
      maximum,
      sum(unseen, (check) => check.weight),
    ),
  };
}

/** Weight of the checks that ran as a share of all that apply; 1 where none applies: nothing was missed. */
function shareOf(seen: number, unseen: number): number {
  return seen + unseen === 0 ? 1 : seen / (seen + unseen);
}

/** Over both scores. */
export function coverageOf(checks: readonly CheckResult[]): number {
  const seen = sum(checks.filter(ran), (check) => check.weight);
  const unseen = sum(
    checks.filter((check) => check.status === 'unknown'),
    (check) => check.weight,
  );
  return shareOf(seen, unseen);
}

export function countsOf(checks: readonly CheckResult[]): DiagnosisSummary['counts'] {
  const counts: DiagnosisSummary['counts'] = {
    pass: 0,
    unknown: 0,
    notApplicable: 0,
    fail: { critical: 0, error: 0, warning: 0, info: 0 },
  };
  for (const { status, severity } of checks) {
    if (status === 'fail') counts.fail[severity] += 1;
    else counts[status] += 1;
  }
  return counts;
}

/** Failed checks by what mending each would add to its score, most first; of equals the one that takes less time. */
export function topFixes(checks: readonly CheckResult[]): TopFix[] {
  const scores = scoresOf(checks);
  return checks
    .filter((check) => check.status === 'fail')
    .map(({ id, score, weight, points, minutes }) => ({
      checkId: id,
      score,
      gain: Math.round(((weight - points) * 1000) / scores[score].maximum) / 10,
      minutes,
    }))
    .sort((a, b) => b.gain - a.gain || a.minutes - b.minutes || (a.checkId < b.checkId ? -1 : 1));
}

function sum(checks: readonly CheckResult[], value: (check: CheckResult) => number): number {
  return checks.reduce((total, check) => total + value(check), 0);
}
