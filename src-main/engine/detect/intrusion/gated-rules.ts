import type { ByteScanner } from '../../flow/byte-scan.ts';
import { isCandidate, LiteralGate, MAX_EXPRESSIONS } from './literal-gate.ts';
import { CLEAN, type Verdict } from './field-cache.ts';
import type { CompiledLineRule } from './line-rules.ts';
import type { TextView } from './text-view.ts';

/** Rules of a place, and what tells in one pass which of them are worth asking. */
export class GatedRules {
  readonly rules: readonly CompiledLineRule[];
  /** The gate knows them all. */
  readonly few: boolean;
  readonly #scanner: ByteScanner;
  #gate: LiteralGate | undefined;

  constructor(rules: readonly CompiledLineRule[], scanner: ByteScanner) {
    this.rules = rules;
    this.few = rules.length <= MAX_EXPRESSIONS;
    this.#scanner = scanner;
  }

  /** Made when first asked: to read rules for it takes time, and most logs ask few of the places. */
  get gate(): LiteralGate {
    this.#gate ??= new LiteralGate(
      this.rules.map((rule) => rule.literals()),
      true,
      this.#scanner,
    );
    return this.#gate;
  }
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
