import { engineRefusal } from '../wire/engine-message.ts';
import type { Message } from '../../src-preload/contract/shared.ts';
import { languageOf, sentence, type Language } from '../../src-preload/contract/words.ts';
import { FailureError } from '../engine/flow/failure.ts';
import { readWords } from '../locale-files.ts';
import { CommandError, EXIT, type ExitCode } from './exit.ts';

/** A message as a sentence of the terminal's language. */
export type Say = (message: Message) => string;

/** Loads the locale of the terminal's language (LC_ALL, LC_MESSAGES, LANG). */
export function loadWords(resources: string): { language: Language; say: Say } {
  const { env } = process;
  const language = languageOf(env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG']);
  const words = readWords(resources, language);
  return { language, say: (message) => sentence(words, language, message) };
}

/** A failure becomes its sentence and the exit code of its kind; anything else stays what it is. */
export function failureToCommandError(error: unknown, say: Say): unknown {
  const refusal = engineRefusal(error);
  if (refusal !== undefined) return new CommandError(exitCodeOf(refusal.kind), say(refusal.message));
  if (!(error instanceof FailureError)) return error;
  return new CommandError(exitCodeOf(error.failure.kind), say(error.failure.message));
}

function exitCodeOf(kind: FailureError['failure']['kind']): ExitCode {
  return kind === 'NOT_FOUND' || kind === 'FORBIDDEN' || kind === 'BAD_INPUT' ? EXIT.badInput : EXIT.engine;
}
