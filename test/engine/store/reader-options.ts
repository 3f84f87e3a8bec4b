import type { Failure } from '../../../src-main/engine/flow/failure.ts';
import { createFieldReader } from '../../../src-main/engine/parse/field-reader.ts';
import type { LogReaderOptions } from '../../../src-main/engine/store/read/log-reader.ts';

const clock = { now: () => Date.UTC(2026, 10, 21) };

/** A log reader's options with a fixed clock and the product's own parser. */
export function readerOptions(onProblem: (problem: Failure) => void): LogReaderOptions {
  return { onProblem, stopwatch: () => performance.now(), fields: createFieldReader(clock), clock };
}
