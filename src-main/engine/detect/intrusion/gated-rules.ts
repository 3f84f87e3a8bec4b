import type { ByteScanner } from '../../flow/byte-scan.ts';
import { isCandidate, LiteralGate, MAX_EXPRESSIONS } from './literal-gate.ts';
import { CLEAN, type Verdict } from './field-cache.ts';
import type { CompiledLineRule } from './line-rules.ts';
import type { TextView } from './text-view.ts';

/** Rules of a place, and what tells in one pass which of them are worth asking. */
export interface GatedRules {
  rules: readonly CompiledLineRule[];
  gate: LiteralGate;
  /** The gate knows them all. */
  few: boolean;
}

/** Joins rules with their gate. */
export function gated(rules: readonly CompiledLineRule[], scanner: ByteScanner): GatedRules {
  const gate = new LiteralGate(
    rules.map((rule) => rule.literals()),
    true,
    scanner,
  );
  return { rules, gate, few: rules.length <= MAX_EXPRESSIONS };
}

/**
 * Rules may match in any form of a field, so every form is looked through: in one pass, behind characters that are in no
 * literal. Most are pieces of the whole.
 */
export function candidatesOf(gate: LiteralGate, view: TextView): number {
  const { text, path, values } = view;
  let forms = text;
  if (!text.includes(path)) forms += `\0${path}`;
  for (const value of values) if (!text.includes(value)) forms += `\0${value}`;
  return gate.candidates(forms);
}

/**
 * What the rules say of a field.
 * @param candidates the gate's answer for it
 */
export function verdictsOf({ rules }: GatedRules, view: TextView, candidates: number): readonly Verdict[] {
  let verdicts: Verdict[] | undefined;
  for (let index = 0; index < rules.length; index += 1) {
    if (!isCandidate(candidates, index)) continue;
    const rule = rules[index];
    const text = rule?.find(view);
    if (rule === undefined || text === undefined) continue;
    verdicts ??= [];
    verdicts.push({ rule, place: view.place, text });
  }
  return verdicts ?? CLEAN;
}
