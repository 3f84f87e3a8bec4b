import { wordsOf, type Examination } from '../../examination.ts';
import type { YaguraCheck, YaguraFacts } from './facts.ts';

export function yaguraExamination(check: YaguraCheck, facts: YaguraFacts): Examination {
  return { facts: check, words: wordsOf(check.id), look: () => check.look(facts) };
}
