import { createHash } from 'node:crypto';
import { compileAuthRule, type CompiledAuthRule } from './auth-rules.ts';
import { compileLineRule, type CompiledLineRule } from './line-rules.ts';
import type { LoadedRule } from './rule-file.ts';
import type { BucketRule } from './rule-schema.ts';

/** A bucket rule with where it came from. */
export interface CompiledBucketRule {
  rule: BucketRule;
  loaded: LoadedRule;
}

/** All rules in force. Immutable: a reload makes a new one. */
export interface RuleSet {
  /** Of all contents: batches carry it, so that old ones are told from new ones after a reload. */
  version: string;
  lines: CompiledLineRule[];
  auth: CompiledAuthRule[];
  buckets: CompiledBucketRule[];
  loaded: LoadedRule[];
}

/**
 * Compiles rules that were read and checked: plain data, which is how they travel to threads. What reads rule files is
 * not loaded there.
 * @throws the expression engine's error when a pattern is not valid
 */
export function ruleSetOf(loaded: readonly LoadedRule[]): RuleSet {
  const set: RuleSet = { version: versionOf(loaded), lines: [], auth: [], buckets: [], loaded: [...loaded] };
  for (const each of loaded) addCompiled(set, each);
  return set;
}

/** @throws the expression engine's error when a pattern is not valid */
export function addCompiled(set: Pick<RuleSet, 'lines' | 'auth' | 'buckets'>, loaded: LoadedRule): void {
  const { rule } = loaded;
  if (rule.kind === 'line') set.lines.push(compileLineRule(loaded, rule));
  else if (rule.kind === 'auth') set.auth.push(compileAuthRule(loaded, rule));
  else set.buckets.push({ rule, loaded });
}

export function versionOf(loaded: readonly LoadedRule[]): string {
  return createHash('sha256')
    .update(loaded.map((rule) => rule.hash).join(' '))
    .digest('hex')
    .slice(0, 16);
}
