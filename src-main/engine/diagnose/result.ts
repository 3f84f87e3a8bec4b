import type { CheckEvidence, CheckResult } from '../../../src-preload/contract/diagnosis.ts';
import type { CheckVerdict } from './check.ts';
import type { Examination } from './examination.ts';

/** A person reads a few; the rest is counted in what was found. */
export const MAX_EVIDENCE = 20;
export const MAX_EVIDENCE_LENGTH = 500;

/** Takes secrets out of a text. */
export type Mask = (text: string) => string;

/** What is kept and shown of a verdict: with its words, masked and bounded. */
export function resultOf(examination: Examination, verdict: CheckVerdict, mask: Mask): CheckResult {
  const { facts, words } = examination;
  const { status } = verdict;
  const found = words.found(verdict);
  const result: CheckResult = {
    id: facts.id,
    subject: facts.subject,
    score: facts.score,
    status,
    severity: verdict.severity ?? facts.severity,
    weight: facts.weight,
    points: pointsOf(verdict, facts.weight),
    title: words.title,
    found: { key: found.key, parameters: maskedParameters(found.parameters, mask) },
    evidence: boundedEvidence(verdict.evidence, mask),
    why: words.why,
    references: [...facts.references],
    minutes: facts.minutes,
  };
  if (status === 'fail') result.fix = { text: words.fix, command: verdict.command };
  return result;
}

function pointsOf({ status, points = 0 }: CheckVerdict, weight: number): number {
  if (status === 'pass') return weight;
  if (status !== 'fail') return 0;
  // A failed check never has it all, whatever it says.
  return Math.min(Math.max(0, points), weight - 0.5);
}

function boundedEvidence(evidence: readonly CheckEvidence[], mask: Mask): CheckEvidence[] {
  return evidence.slice(0, MAX_EVIDENCE).map(({ text, place }) => ({
    text: cut(mask(text)),
    ...(place === undefined ? {} : { place: cut(maskedPlace(place, mask)) }),
  }));
}

/** Without the line number, or `/etc/passwd:27` looks like a password to the masker. */
function maskedPlace(place: string, mask: Mask): string {
  const [, path = place, line = ''] = /^(.*?)(:\d+)?$/s.exec(place) ?? [];
  return `${mask(path)}${line}`;
}

function maskedParameters(
  parameters: Record<string, string | number>,
  mask: Mask,
): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'string' ? cut(mask(value)) : value,
    ]),
  );
}

function cut(text: string): string {
  return text.length > MAX_EVIDENCE_LENGTH ? `${text.slice(0, MAX_EVIDENCE_LENGTH - 1)}…` : text;
}
