import type { CheckResult } from '../../../src-preload/contract/diagnosis.ts';
import type { Observation } from '../flow/observation.ts';

/** The alert rule of resources/alert-rules/diagnosis.yaml. */
const REGRESSION_RULE = 'diagnosis-regression';

/** What the alert part is told of a check that passed in the run before and fails now. */
export function regressionObservation(check: CheckResult, time: number): Observation {
  // `check` becomes the check's title at the edge; a component has its name.
  const name = check.title.parameters['name'] ?? check.id;
  return {
    ruleId: REGRESSION_RULE,
    key: check.id,
    time,
    severity: check.severity,
    title: { key: 'diagnose.regression.title', parameters: { check: name } },
    summary: { key: 'diagnose.regression.summary', parameters: { id: check.id } },
    labels: { check: check.id, subject: check.subject },
  };
}
