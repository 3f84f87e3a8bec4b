import type { Message } from '../../../src-preload/contract/shared.ts';
import type { Check, CheckVerdict, MetricReadings } from './check.ts';
import type { HostProbe } from './host-probe.ts';
import { COMMON_UNKNOWN } from './verdict.ts';

/** What is known of a check before it looks. */
export type CheckFacts = Omit<Check, 'look'>;

/** The words of a check; those of the user's own component checks name what the user called them. */
export interface CheckWords {
  title: Message;
  why: Message;
  fix: Message;
  found(verdict: CheckVerdict): Message;
}

/** A check that is ready to look, whomever it asks: the host, Yagura itself, or a part of the trading system. */
export interface Examination {
  facts: CheckFacts;
  words: CheckWords;
  /** A time limit of its own, in milliseconds. */
  limitMs?: number | undefined;
  /** @param signal the run was cancelled, or its time is up */
  look(signal: AbortSignal): Promise<CheckVerdict>;
}

/** A check of the host. */
export function hostExamination(check: Check, host: HostProbe, readings: MetricReadings): Examination {
  return { facts: check, words: wordsOf(check.id), look: () => check.look(host, readings) };
}

/** Words by the check's id, as locale files hold them. */
export function wordsOf(id: string): CheckWords {
  return {
    title: { key: `checks.${id}.title`, parameters: {} },
    why: { key: `checks.${id}.why`, parameters: {} },
    fix: { key: `checks.${id}.fix`, parameters: {} },
    found: (verdict) =>
      commonWords(verdict) ?? {
        key: `checks.${id}.found.${verdict.found ?? verdict.status}`,
        parameters: verdict.parameters ?? {},
      },
  };
}

/** Words that all checks have in common: why something could not be seen, and that there is nothing to see. */
export function commonWords({ status, found, parameters = {} }: CheckVerdict): Message | undefined {
  if (status === 'unknown' && found !== undefined && COMMON_UNKNOWN.includes(found))
    return { key: `diagnose.unknown.${found}`, parameters };
  if (status === 'notApplicable' && found === undefined) return { key: 'diagnose.notApplicable', parameters };
  return undefined;
}
