import type { LoadedRule } from './rule-file.ts';
import type { AuthRule, LineRule } from './rule-schema.ts';
import type { CompiledBucketRule } from './rule-set.ts';

/** What the detectors over time ask of rules; every rule set has it. */
export interface BehaviourRules {
  buckets: readonly CompiledBucketRule[];
  lines: readonly { rule: LineRule }[];
  auth: readonly { rule: AuthRule }[];
}

/** Without compiling what matches lines, nor loading what compiles it: events carry what lines were. */
export function behaviourRulesOf(loaded: readonly LoadedRule[]): BehaviourRules {
  const buckets: CompiledBucketRule[] = [];
  const lines: { rule: LineRule }[] = [];
  const auth: { rule: AuthRule }[] = [];
  for (const each of loaded) {
    const { rule } = each;
    if (rule.kind === 'line') lines.push({ rule });
    else if (rule.kind === 'auth') auth.push({ rule });
    else buckets.push({ rule, loaded: each });
  }
  return { buckets, lines, auth };
}
