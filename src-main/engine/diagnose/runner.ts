import type { CheckResult, DiagnosisProgress } from '../../../src-preload/contract/diagnosis.ts';
import type { CheckVerdict } from './check.ts';
import type { Examination } from './examination.ts';
import { resultOf, type Mask } from './result.ts';

export interface RunLimits {
  /** Checks that look at the same time. */
  concurrency: number;
  /** One check; beyond it the check is unknown. */
  checkMs: number;
  /** The whole run; what has not answered by then is unknown. */
  totalMs: number;
}

/** SPEC: under a minute whatever hangs. Four at a time leave a trading machine its processor. */
const RUN_LIMITS: RunLimits = { concurrency: 4, checkMs: 10_000, totalMs: 55_000 };

export interface RunOptions {
  mask: Mask;
  onProgress: (progress: Omit<DiagnosisProgress, 'startedAt'>) => void;
  /** Ends the run at once; it then rejects with the signal's reason. */
  signal: AbortSignal;
  /** Something that should not happen: a check threw. */
  onFault: (checkId: string, error: unknown) => void;
  limits?: RunLimits | undefined;
}

/**
 * Lets every check look, some at a time. A check that throws or runs out of time is unknown: no check can make a run
 * fail. Results are in the order of the examinations.
 * @throws the signal's reason when cancelled
 */
export async function runExaminations(
  examinations: readonly Examination[],
  options: RunOptions,
): Promise<CheckResult[]> {
  const { limits = RUN_LIMITS, signal, mask } = options;
  const results: CheckResult[] = [];
  const looking = new Set<string>();
  const timeIsUp = AbortSignal.timeout(limits.totalMs);
  let next = 0;
  let done = 0;
  const tell = (): void => options.onProgress({ done, total: examinations.length, current: [...looking] });

  async function work(): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const index = next;
      const examination = examinations[index];
      if (examination === undefined) return;
      next += 1;
      looking.add(examination.facts.id);
      tell();
      const verdict = await verdictOf(examination, options, timeIsUp);
      looking.delete(examination.facts.id);
      done += 1;
      results[index] = resultOf(examination, verdict, mask);
    }
  }
  await Promise.all(Array.from({ length: limits.concurrency }, work));
  tell();
  return results;
}

async function verdictOf(
  examination: Examination,
  { limits = RUN_LIMITS, signal, onFault }: RunOptions,
  timeIsUp: AbortSignal,
): Promise<CheckVerdict> {
  const { id } = examination.facts;
  if (timeIsUp.aborted) return tooLate(id);
  const timeout = AbortSignal.any([timeIsUp, AbortSignal.timeout(examination.limitMs ?? limits.checkMs)]);
  const ended = AbortSignal.any([signal, timeout]);
  try {
    return await raced(examination.look(ended), ended);
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) return tooLate(id);
    onFault(id, error);
    const evidence = [{ text: error instanceof Error ? error.message : String(error) }];
    return { status: 'unknown', found: 'error', parameters: { what: id }, evidence };
  }
}

/** What a signal can't stop (a file on a dead network drive) is left behind. */
async function raced<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new Error('Out of time', { cause: signal.reason }));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function tooLate(id: string): CheckVerdict {
  return { status: 'unknown', found: 'timeout', parameters: { what: id }, evidence: [] };
}
