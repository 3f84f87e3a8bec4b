import { ERROR_KINDS, type ErrorData, type ErrorKind } from '../../src-preload/contract/errors.ts';

/** What a call can end with, as a view shows it: the words of `data.key`. */
export class EngineError extends Error {
  readonly kind: ErrorKind;
  readonly data: ErrorData;

  constructor(kind: ErrorKind, data: ErrorData) {
    super(`${kind}: ${data.key}`);
    this.name = 'EngineError';
    this.kind = kind;
    this.data = data;
  }
}

/** The error of a kind that needs no more words than its own. */
export function plainError(kind: ErrorKind): EngineError {
  return new EngineError(kind, { key: PLAIN_KEYS[kind], parameters: {} });
}

const PLAIN_KEYS: Record<ErrorKind, string> = {
  BAD_INPUT: 'errors.badInput',
  NOT_FOUND: 'errors.notFound',
  CONFLICT: 'errors.conflict',
  FORBIDDEN: 'errors.forbidden',
  UNAVAILABLE: 'errors.unavailable',
  TIMED_OUT: 'errors.timedOut',
  CANCELLED: 'errors.cancelled',
  INTERNAL: 'errors.unexpected',
};

/** Whatever the wire threw, as one of the declared kinds. */
export function toEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  // What oRPC rejects with when the port closes. A caller's own cancelling is told apart before it comes here.
  if (error instanceof Error && error.name === 'AbortError') return plainError('UNAVAILABLE');
  if (typeof error !== 'object' || error === null || !('code' in error)) return plainError('INTERNAL');
  const kind = ERROR_KINDS.find((known) => known === error.code);
  if (kind === undefined) return plainError('INTERNAL');
  return 'data' in error && isErrorData(error.data) ? new EngineError(kind, error.data) : plainError(kind);
}

function isErrorData(data: unknown): data is ErrorData {
  return (
    typeof data === 'object' &&
    data !== null &&
    'key' in data &&
    typeof data.key === 'string' &&
    'parameters' in data &&
    typeof data.parameters === 'object'
  );
}
