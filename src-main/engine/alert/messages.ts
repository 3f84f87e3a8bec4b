import type { Message } from '../../../src-preload/contract/shared.ts';
import type { DetectedFinding } from '../flow/finding.ts';
import { levelsOf, type AlertRule, type ResolvedLevel, type ThresholdRule } from './rule.ts';
import type { Settings } from '../../../src-preload/contract/settings.ts';

/** Attack types that have words of their own; a user's rule may bring others. */
const WORDED_ATTACKS = new Set(
  (
    'brute_force cmdi credential_stuffing ddos flood java ldap nodejs nosql password_spraying ' +
    'path_traversal php probe protocol_attack rfi scan scanner sensitive_file sqli ssi ssrf ssti user_enumeration xss xxe'
  ).split(' '),
);

export function ruleTitle(rule: AlertRule): Message {
  return { key: `alerts.rule.${rule.id}`, parameters: {} };
}

/** Title of an alert; the series' labels (mount, device …) are parameters. */
export function alertTitle(rule: AlertRule, labels: Record<string, string>): Message {
  return { key: `alerts.title.${rule.id}`, parameters: { ...labels } };
}

export function thresholdSummary(
  rule: ThresholdRule,
  level: ResolvedLevel,
  value: number | undefined,
): Message {
  const { limit, clearLimit } = level;
  return value === undefined
    ? { key: `alerts.summary.unknown`, parameters: {} }
    : {
        key: `alerts.summary.${rule.compare}.${rule.unit}`,
        parameters: {
          value,
          limit,
          clearLimit,
          // A size is written in the power of 1000 that suits it; of the other units the words say which.
          ...(rule.unit === 'bytes' && { unit: rule.unit }),
        },
      };
}

export function conditionOf(rule: AlertRule, thresholds: Settings['thresholds']): Message {
  if (rule.kind === 'event') {
    return { key: 'alerts.condition.event', parameters: { duration: rule.quietAfter } };
  }
  if (rule.kind === 'increase') {
    return { key: 'alerts.condition.increase', parameters: { duration: rule.quietAfter } };
  }
  const [first, second] = levelsOf(rule, thresholds);
  const { unit, for: duration } = rule;
  const limit = first?.limit ?? Number.NaN;
  return second === undefined
    ? { key: `alerts.condition.${rule.compare}`, parameters: { limit, duration, unit } }
    : {
        key: `alerts.condition.${rule.compare}Two`,
        parameters: { limit, second: second.limit, duration, unit },
      };
}

export function attackTitle(finding: DetectedFinding): Message {
  const [address] = finding.addresses;
  const several = finding.addresses.length > 1;
  const type = WORDED_ATTACKS.has(finding.type) ? finding.type : 'other';
  return {
    key: several ? `alerts.attackBySeveral.${type}` : `alerts.attack.${type}`,
    parameters: {
      type: finding.type,
      address: address ?? finding.user ?? finding.sourceId,
      addresses: finding.addresses.length,
    },
  };
}
