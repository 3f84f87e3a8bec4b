import { randomUUID } from 'node:crypto';
import { ORPCError, ValidationError } from '@orpc/server';
import { ERROR_KINDS, type ErrorData, type ErrorKind } from '../../../../src-preload/contract/errors.ts';
import { FailureError } from '../../flow/failure.ts';

/** A fault of ours, for the engine's log. It goes to the face as INTERNAL with the same `logId` and nothing else. */
export interface Fault {
  logId: string;
  /** Dotted name of the call, e.g. `logs.search`. */
  call: string;
  error: unknown;
}

type DeclaredError = ORPCError<ErrorKind, ErrorData>;

/**
 * What a face may learn of an error: one of the declared kinds, whatever was thrown. The rest goes to `log`.
 * @param call dotted name of the call
 * @param signal the call's own signal: an AbortError while it is aborted is the caller's cancelling, otherwise a fault
 */
export function toDeclaredError(
  error: unknown,
  call: string,
  signal: AbortSignal | undefined,
  log: (fault: Fault) => void,
): DeclaredError {
  if (error instanceof FailureError) return fromFailure(error, call, log);
  const known = isLibraryError(error) ? fromLibrary(error) : undefined;
  if (known !== undefined) return known;
  if (signal?.aborted === true && isAbort(error)) return declared('CANCELLED', 'errors.cancelled');
  return internal(error, call, log);
}

function fromFailure(error: FailureError, call: string, log: (fault: Fault) => void): DeclaredError {
  const { kind, message, field, cause } = error.failure;
  const data: ErrorData = { key: message.key, parameters: message.parameters };
  if (field !== undefined) data.field = field;
  if (kind === 'INTERNAL') {
    data.logId = randomUUID();
    log({ logId: data.logId, call, error: cause ?? error });
  }
  return make(kind, data);
}

/** Errors that oRPC raises itself (its own codes), and such that were declared already. */
function fromLibrary(error: ORPCError<string, unknown>): DeclaredError | undefined {
  if (isDeclared(error)) return error;
  if (error.cause instanceof ValidationError && error.code === 'BAD_REQUEST') {
    const [issue] = error.cause.issues;
    return declared('BAD_INPUT', 'errors.badInput', {}, fieldPath(issue?.path ?? []));
  }
  if (error.code === 'BAD_REQUEST') return declared('BAD_INPUT', 'errors.badInput');
  if (error.code === 'NOT_FOUND') return declared('NOT_FOUND', 'errors.noSuchCall');
  return undefined;
}

function isLibraryError(error: unknown): error is ORPCError<string, unknown> {
  return error instanceof ORPCError;
}

function isDeclared(error: ORPCError<string, unknown>): error is DeclaredError {
  return error.defined && ERROR_KINDS.some((kind) => kind === error.code);
}

function internal(error: unknown, call: string, log: (fault: Fault) => void): DeclaredError {
  const logId = randomUUID();
  log({ logId, call, error });
  return make('INTERNAL', { key: 'errors.internal', parameters: { logId }, logId });
}

/** An error of a declared kind, as it crosses the wire. */
export function declared(
  kind: ErrorKind,
  key: string,
  parameters: ErrorData['parameters'] = {},
  field = '',
): DeclaredError {
  return make(kind, field === '' ? { key, parameters } : { key, parameters, field });
}

function make(kind: ErrorKind, data: ErrorData): DeclaredError {
  // No status: oRPC takes an error whose status is not the code's usual one for undeclared.
  return new ORPCError(kind, { defined: true, message: data.key, data });
}

function fieldPath(path: readonly (PropertyKey | { key: PropertyKey })[]): string {
  return path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
