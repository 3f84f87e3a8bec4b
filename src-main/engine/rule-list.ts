import type { DetectionRule } from '../../src-preload/contract/threats.ts';
import type { LoadedRule } from './detect/intrusion/rule-file.ts';
import type { RuleSet } from './detect/intrusion/rule-set.ts';

/** The rules in force as the Threats screen lists them. @param counts findings of the last day, by rule id */
export function detectionRules({ loaded }: RuleSet, counts: Map<string, number>): DetectionRule[] {
  return loaded.map((each) => ({
    id: each.rule.id,
    type: each.rule.type,
    title: { key: `threats.type.${each.rule.type}`, parameters: {} },
    severity: each.rule.severity,
    kind: each.rule.kind === 'bucket' ? 'bucket' : 'line',
    origin: each.origin,
    file: each.file,
    fixtures: fixtureCount(each),
    findings24h: counts.get(each.rule.id) ?? 0,
  }));
}

function fixtureCount({ rule: { fixtures } }: LoadedRule): number {
  return fixtures.hits.length + fixtures.misses.length + fixtures.nearMisses.length;
}
