import { systemClock } from './flow/clock.ts';
import type { Failure } from './flow/failure.ts';
import { createFieldReader } from './parse/field-reader.ts';
import { openStoredLogs } from './stored-logs.ts';
import type { LogReader } from './store/types.ts';

/**
 * Opens the logs of a data directory for reading, whether an engine runs on it or not.
 * @param onProblem told about what can't be read; the rest is
 * @throws FailureError NOT_FOUND where there are no logs
 */
export function openLogs(dataDirectory: string, onProblem: (problem: Failure) => void): LogReader {
  return openStoredLogs(dataDirectory, createFieldReader(systemClock), onProblem);
}
