import type { ByteScanner } from '../../flow/byte-scan.ts';
import { MEANS_NOTHING, type AuthMeaning, type CompiledAuthRule } from './auth-rules.ts';
import { ListedText } from './text-book.ts';
import { ANY, LiteralGate, MAX_EXPRESSIONS } from './literal-gate.ts';

/** Longest part of a message that auth rules look at: what matters stands in the first words or the last. */
const MAX_MESSAGE_LENGTH = 2000;
/** Program names come from log lines: what is not remembered is worked out again. */
const MAX_PROGRAMS = 500;

/** What the messages of one program may mean. */
export interface ProgramRules {
  /** What people sign in to: the program's name up to a slash, lower case. */
  service: ListedText;
  /** By what a message needs to mean anything; the first expressions are those the classifier was given beside its rules. */
  gate: LiteralGate;
  /** Bits of the expressions that are worth a look: with candidates among the rules to ignore alone, a message means nothing. */
  deciding: number;
  /** The form of a message that reads it, where the rule is asked first that has it. */
  formOf(
    bytes: Uint8Array,
    from: number,
    to: number,
    candidates: number,
  ): CompiledAuthRule['forms'][number] | undefined;
  /**
   * Rules in their order; the first that matches decides.
   * @param message the line without its header
   * @param candidates the gate's answer for it
   */
  classify(message: string, candidates: number): AuthMeaning | undefined;
}

/** Tells what a message says about a sign-in. */
export interface Classifier {
  /** @param program lower-case name of what wrote it, empty where unknown */
  about(program: string): ProgramRules;
}

/**
 * @param scanner what lines are looked through with
 * @param others literals of expressions that the gates shall tell as well
 */
export function createClassifier(
  rules: readonly CompiledAuthRule[],
  scanner: ByteScanner,
  others: readonly (readonly string[])[] = [],
): Classifier {
  const known = new Map<string, ProgramRules>();
  return {
    about: (program) => {
      let about = known.get(program);
      if (about === undefined) {
        about = programRules(
          program,
          rules.filter((rule) => rule.concerns(program)),
          scanner,
          others,
        );
        if (known.size < MAX_PROGRAMS) known.set(program, about);
      }
      return about;
    },
  };
}

function programRules(
  program: string,
  rules: readonly CompiledAuthRule[],
  scanner: ByteScanner,
  others: readonly (readonly string[])[],
): ProgramRules {
  const literals = rules.map(({ rule }) =>
    rule.contains.length === 0 ? undefined : rule.contains.map((literal) => literal.toLowerCase()),
  );
  const first = others.length;
  // Rules that a gate can't tell apart any more are asked about every message.
  const beyond = first + rules.length > MAX_EXPRESSIONS;
  const told = beyond ? MAX_EXPRESSIONS - 1 - first : rules.length;
  const gate = new LiteralGate(
    [...others, ...literals].map((list, at) => (beyond && at === MAX_EXPRESSIONS - 1 ? undefined : list)),
    false,
    scanner,
  );
  let deciding = ANY;
  rules.slice(0, told).forEach(({ rule }, index) => {
    if (rule.event === 'ignore') deciding &= ~(1 << (first + index));
  });
  return {
    service: new ListedText(serviceOf(program)),
    gate,
    deciding,
    formOf: (bytes, from, to, candidates) => {
      const asked = (candidates >>> first) & ((1 << told) - 1);
      const forms = rules[31 - Math.clz32(asked & -asked)]?.forms ?? NO_FORMS;
      for (const each of forms) if (each.form.reads(bytes, from, to)) return each;
      return undefined;
    },
    classify: (whole, candidates) => {
      const message =
        whole.length > MAX_MESSAGE_LENGTH
          ? `${whole.slice(0, MAX_MESSAGE_LENGTH / 2)} ${whole.slice(-MAX_MESSAGE_LENGTH / 2)}`
          : whole;
      let meaning: ReturnType<CompiledAuthRule['find']>;
      // The lowest bit is the first rule.
      for (let left = (candidates >>> first) & ((1 << told) - 1); left !== 0 && meaning === undefined;) {
        meaning = rules[31 - Math.clz32(left & -left)]?.find(message);
        left &= left - 1;
      }
      for (let index = told; index < rules.length && meaning === undefined; index += 1)
        meaning = rules[index]?.find(message);
      return meaning === MEANS_NOTHING ? undefined : meaning;
    },
  };
}

const NO_FORMS: CompiledAuthRule['forms'] = [];

function serviceOf(program: string): string {
  const slash = program.indexOf('/');
  return slash > 0 ? program.slice(0, slash) : program;
}
