import { printable } from './terminal-text.ts';

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

/** A file that can't be read, and what to do. @param code the file system's, e.g. ENOENT */
export function unreadable(file: string, code: string): CommandError {
  const name = printable(file);
  if (code === 'ENOENT') return new CommandError(EXIT.badInput, `There is no file ${name}.`);
  if (code === 'EISDIR')
    return new CommandError(EXIT.badInput, `${name} is a folder. Name one of the files in it.`);
  return new CommandError(EXIT.badInput, `${name} can’t be read (${code}). Check its permissions.`);
}
