import type { CheckEvidence } from '../../../src-preload/contract/diagnosis.ts';
import type { CheckVerdict } from './check.ts';
import type { ProbeAnswer, ProbeFailure } from './host-probe.ts';

/** Reasons of an `unknown` that have words in common: `diagnose.unknown.<why>`, with `{what}`. */
export const COMMON_UNKNOWN: readonly string[] = [
  'absent',
  'forbidden',
  'timeout',
  'tooLarge',
  'failed',
  'unreadable',
  'error',
] satisfies (ProbeFailure | 'unreadable' | 'error')[];

/** What a verdict may say beyond its status. */
export type VerdictDetails = Omit<CheckVerdict, 'status' | 'evidence'>;

export function passed(evidence: CheckEvidence[], details: VerdictDetails = {}): CheckVerdict {
  return { status: 'pass', evidence, ...details };
}

export function failed(evidence: CheckEvidence[], details: VerdictDetails = {}): CheckVerdict {
  return { status: 'fail', evidence, ...details };
}

/** There is nothing to check here. Without `found` the common words say so. */
export function notApplicable(
  found?: string,
  parameters: Record<string, string | number> = {},
): CheckVerdict {
  return { status: 'notApplicable', evidence: [], found, parameters };
}

/**
 * The host did not tell.
 * @param what the path or program asked, for the sentence: `/etc/shadow`
 */
export function unknown(answer: Extract<ProbeAnswer<unknown>, { ok: false }>, what: string): CheckVerdict {
  const evidence = answer.detail === '' ? [] : [{ text: answer.detail, place: what }];
  return { status: 'unknown', found: answer.why, parameters: { what }, evidence };
}

/** The host told something that does not read as it should: another version of the tool, another language. */
export function unreadable(what: string, text: string): CheckVerdict {
  return { status: 'unknown', found: 'unreadable', parameters: { what }, evidence: [{ text, place: what }] };
}
