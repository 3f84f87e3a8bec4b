import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from './flow/clock.ts';
import { FailureError, type Failure } from './flow/failure.ts';
import type { FieldReader } from './flow/field-reader.ts';
import { openLogReader } from './store/read/log-reader.ts';
import type { LogReader } from './store/types.ts';

/**
 * Opens the logs of a data directory for reading, whether an engine runs on it or not.
 * @param fields answers what is in no column
 * @param onProblem told about what can't be read; the rest is
 * @throws FailureError NOT_FOUND where there are no logs
 */
export function openStoredLogs(
  dataDirectory: string,
  fields: FieldReader,
  onProblem: (problem: Failure) => void,
): LogReader {
  if (!existsSync(join(dataDirectory, 'logs'))) {
    throw new FailureError({
      kind: 'NOT_FOUND',
      message: { key: 'engine.noLogs', parameters: { path: dataDirectory } },
    });
  }
  return openLogReader(dataDirectory, {
    onProblem,
    stopwatch: () => performance.now(),
    fields,
    clock: systemClock,
  });
}
