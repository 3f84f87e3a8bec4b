import type { AuthMeaning, CompiledAuthRule } from './auth-rules.ts';

/** Longest part of a message that auth rules look at: what matters stands in the first words or the last. */
const MAX_MESSAGE_LENGTH = 2000;

/** Tells what a message says about a sign-in. */
export interface Classifier {
  /**
   * @param message the line without its header
   * @param program lower-case name of what wrote it, empty where unknown
   */
  classify(message: string, program: string): AuthMeaning | undefined;
}

/**
 * Rules in their order; the first that matches decides. Before any rule, one expression made of all their literals tells
 * whether the message can mean anything at all.
 */
export function createClassifier(rules: readonly CompiledAuthRule[]): Classifier {
  const gate = literalGate(rules);
  const byProgram = new Map<string, CompiledAuthRule[]>();
  const rulesFor = (program: string): CompiledAuthRule[] => {
    const known = byProgram.get(program);
    if (known !== undefined) return known;
    const concerned = rules.filter((rule) => rule.concerns(program));
    // Program names come from log lines: what is not remembered is worked out again.
    if (byProgram.size < 500) byProgram.set(program, concerned);
    return concerned;
  };
  return {
    classify: (whole, program) => {
      if (gate !== undefined && !gate.test(whole)) return undefined;
      const message =
        whole.length > MAX_MESSAGE_LENGTH
          ? `${whole.slice(0, MAX_MESSAGE_LENGTH / 2)} ${whole.slice(-MAX_MESSAGE_LENGTH / 2)}`
          : whole;
      const lower = message.toLowerCase();
      for (const rule of rulesFor(program)) {
        const found = rule.find(message, lower);
        if (found === undefined) continue;
        const event = rule.rule.event;
        return event === 'ignore' ? undefined : { event, rule: rule.rule, ...found };
      }
      return undefined;
    },
  };
}

/** Undefined where a rule has no literals: then every message must be tried. */
function literalGate(rules: readonly CompiledAuthRule[]): RegExp | undefined {
  const literals = new Set<string>();
  for (const { rule } of rules) {
    if (rule.contains.length === 0) return undefined;
    for (const literal of rule.contains) literals.add(literal.toLowerCase());
  }
  // A literal inside another one needs no mention.
  const shortest = [...literals].filter(
    (literal) => ![...literals].some((other) => other !== literal && literal.includes(other)),
  );
  if (shortest.length === 0) return undefined;
  return new RegExp(
    shortest.map((literal) => literal.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'),
    'i',
  );
}
