/** Exit codes of the terminal product (DESIGN): 0 means it did its work, whatever it found. */
export const EXIT = {
  done: 0,
  /** Only with `--fail-on`: something at least that severe was found. */
  found: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** A file or pattern given could not be used. */
  badInput: 3,
  /** The engine or its data directory failed. */
  engine: 4,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a sentence for the person and a code for the program. */
export class CommandError extends Error {
  readonly code: ExitCode;

  constructor(code: ExitCode, sentence: string) {
    super(sentence);
    this.name = 'CommandError';
    this.code = code;
  }
}
