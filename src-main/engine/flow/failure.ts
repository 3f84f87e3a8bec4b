import type { ErrorKind } from '../../../src-preload/contract/errors.ts';
import type { Message } from '../../../src-preload/contract/shared.ts';

/** An error as a value: a kind, and a sentence that says what happened and what to do next. */
export interface Failure {
  kind: ErrorKind;
  message: Message;
  /** Dotted path of the input at fault, if any. */
  field?: string;
  /** The underlying error, for the log only. */
  cause?: unknown;
}

/** Thrown where a value can't be returned (across async boundaries); caught at the border, which turns it into a declared error. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message.key, { cause: failure.cause });
    this.name = 'FailureError';
    this.failure = failure;
  }
}
