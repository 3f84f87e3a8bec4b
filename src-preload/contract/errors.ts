/** The closed list of error kinds that cross the border. Free of zod, so that the renderer may import it. */

export const ERROR_KINDS = [
  /** The input does not fit the contract; `field` names where. */
  'BAD_INPUT',
  /** The thing asked for is not there (any more). */
  'NOT_FOUND',
  /** The thing changed meanwhile, or the act does not fit its state. */
  'CONFLICT',
  /** The caller may not do this, or a file may not be read. */
  'FORBIDDEN',
  /** The engine can't answer just now: starting, stopping, disk full, store damaged. */
  'UNAVAILABLE',
  /** The call's time limit ran out. */
  'TIMED_OUT',
  /** The caller cancelled. */
  'CANCELLED',
  /** A fault of ours; `logId` finds it in the engine's log. */
  'INTERNAL',
] as const;

export type ErrorKind = (typeof ERROR_KINDS)[number];

/** What every error carries. Shown as the message key's words, never as a stack. */
export interface ErrorData {
  /** Locale key of the sentence that says what happened and what to do next. */
  key: string;
  /** Parameters of that sentence. */
  parameters: Record<string, string | number>;
  /** Input field at fault, as a dotted path. */
  field?: string | undefined;
  /** Finds the fault in the engine's log. */
  logId?: string | undefined;
}
