import type {
  CheckDifference,
  CheckResult,
  Diagnosis,
  DiagnosisDifference,
  DiagnosisSummary,
} from '../../../src-preload/contract/diagnosis.ts';
import { SEVERITIES } from '../../../src-preload/contract/shared.ts';

/** What two runs differ in, check by check: worsened first, then improved, then what came, went or can't be seen. */
export function differenceOf(from: Diagnosis, to: Diagnosis): DiagnosisDifference {
  const before = new Map(from.checks.map((check) => [check.id, check]));
  const after = new Map(to.checks.map((check) => [check.id, check]));
  const changed: CheckDifference[] = [];
  let unchanged = 0;
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const difference = checkDifference(before.get(id), after.get(id));
    if (difference === undefined) unchanged += 1;
    else changed.push(difference);
  }
  changed.sort((a, b) => rank(a) - rank(b) || Math.abs(b.points) - Math.abs(a.points) || compareIds(a, b));
  return { from: summaryOf(from), to: summaryOf(to), changed, unchanged };
}

/** Checks that passed before and fail now: each is an alert. */
export function regressions(from: Diagnosis, to: Diagnosis): CheckResult[] {
  const passed = new Set(from.checks.filter((check) => check.status === 'pass').map((check) => check.id));
  return to.checks.filter((check) => check.status === 'fail' && passed.has(check.id));
}

export function summaryOf({ checks: _checks, ...summary }: Diagnosis): DiagnosisSummary {
  return summary;
}

function checkDifference(
  before: CheckResult | undefined,
  after: CheckResult | undefined,
): CheckDifference | undefined {
  const either = after ?? before;
  if (either === undefined) return undefined;
  const severities = {
    beforeSeverity: before?.status === 'fail' ? before.severity : undefined,
    afterSeverity: after?.status === 'fail' ? after.severity : undefined,
  };
  const points = scored(before) && scored(after) ? after.points - before.points : 0;
  const same =
    before?.status === after?.status &&
    severities.beforeSeverity === severities.afterSeverity &&
    points === 0;
  if (same) return undefined;
  return {
    checkId: either.id,
    title: either.title,
    before: before?.status,
    after: after?.status,
    ...severities,
    found: after?.found,
    points,
  };
}

/** Only what both runs saw has points to compare. */
function scored(check: CheckResult | undefined): check is CheckResult {
  return check?.status === 'pass' || check?.status === 'fail';
}

function rank(difference: CheckDifference): number {
  const worse = direction(difference);
  return worse > 0 ? 0 : worse < 0 ? 1 : 2;
}

/** Positive: worse than before; negative: better. */
function direction({ before, after, points, beforeSeverity, afterSeverity }: CheckDifference): number {
  if (before === 'pass' && after === 'fail') return 1;
  if (before === 'fail' && after === 'pass') return -1;
  if (points !== 0) return -points;
  if (beforeSeverity === undefined || afterSeverity === undefined) return 0;
  return SEVERITIES.indexOf(beforeSeverity) - SEVERITIES.indexOf(afterSeverity);
}

function compareIds(a: CheckDifference, b: CheckDifference): number {
  return a.checkId < b.checkId ? -1 : 1;
}
