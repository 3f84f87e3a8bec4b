import type { FaultLog } from './fault-log.ts';
import { FailureError } from './flow/failure.ts';
import type { ProblemList } from './problem-list.ts';

/** How the engine's repeated steps fail: told, written down, and tried again at their next turn. */
export function guardedSteps(
  faults: FaultLog,
  problems: ProblemList,
): {
  /** Runs a step that must not end the engine when it fails. */
  guarded: (event: string, step: () => void) => void;
  fault: (event: string, error: unknown) => void;
} {
  const fault = (event: string, error: unknown): void => {
    faults.write(event, {}, error);
    const reason = error instanceof Error ? error.message : String(error);
    problems.add(
      'error',
      error instanceof FailureError
        ? error.failure.message
        : { key: 'engine.stepFailed', parameters: { event, reason } },
    );
  };
  const guarded = (event: string, step: () => void): void => {
    try {
      step();
    } catch (error) {
      fault(event, error);
    }
  };
  return { guarded, fault };
}
