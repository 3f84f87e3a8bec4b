import type { CheckResult } from '../../../src-preload/contract/diagnosis.ts';
import type { Message } from '../../../src-preload/contract/shared.ts';

/** What is copied of a fix: the command as it stands, else the words. Undefined where there is nothing to do. */
export function fixText(check: CheckResult, say: (message: Message) => string): string | undefined {
  if (check.fix === undefined) return undefined;
  return check.fix.command ?? say(check.fix.text);
}
