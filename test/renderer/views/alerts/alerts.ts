import type { Alert, AlertRuleInfo } from '../../../../src-preload/contract/alerts.ts';

function words(text: string): { key: string; parameters: { words: string } } {
  return { key: 'fake.text', parameters: { words: text } };
}

/** An alert of test data. */
export function alert(parts: Partial<Alert> = {}): Alert {
  return {
    id: 'ssh',
    ruleId: 'ssh',
    area: 'security',
    severity: 'critical',
    state: 'firing',
    title: words(`title of ${parts.id ?? 'ssh'}`),
    summary: words('summary'),
    labels: {},
    since: 1000,
    firedAt: 2000,
    lastAt: 3000,
    count: 1,
    ...parts,
  };
}

/** A rule of test data. */
export function alertRule(parts: Partial<AlertRuleInfo> = {}): AlertRuleInfo {
  return {
    id: 'ssh',
    area: 'security',
    title: words('rule'),
    severity: 'critical',
    condition: words('condition'),
    forMs: 60_000,
    clearForMs: 60_000,
    state: 'ok',
    lastEvaluatedAt: 1,
    ...parts,
  };
}
