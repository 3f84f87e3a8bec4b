import type { Settings } from '../../../src-preload/contract/settings.ts';
import type { Message } from '../../../src-preload/contract/shared.ts';
import { expressionFault } from '../flow/linear-expression.ts';
import type { Path } from './settings-document.ts';

/** Expressions of the settings that can't be used: only the engine has what compiles them, the schema has not. */
export function expressionFaults({ masking }: Settings): { path: Path; message: Message }[] {
  return masking.rules.flatMap((rule, index) => {
    const message = rule.kind === 'pattern' ? expressionFault(rule.pattern) : undefined;
    return message === undefined ? [] : [{ path: ['masking', 'rules', index, 'pattern'], message }];
  });
}
