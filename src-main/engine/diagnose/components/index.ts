import type { ComponentCheck } from '../../../../src-preload/contract/diagnosis.ts';
import type { CheckVerdict } from '../check.ts';
import { commonWords, type Examination } from '../examination.ts';
import { lookAtCommand } from './command.ts';
import { lookAtFileAge } from './file-age.ts';
import { lookAtHttp } from './http.ts';
import type { ComponentContext } from './kind.ts';
import { lookAtPort } from './port.ts';
import { lookAtProcess } from './process.ts';
import { lookAtTcp } from './tcp.ts';
import { lookAtTls } from './tls.ts';

/** Beyond a component's own time limit, before the runner gives it up. */
const GRACE_MS = 1000;

/** One line a kind. */
function lookAt(check: ComponentCheck, context: ComponentContext): Promise<CheckVerdict> {
  switch (check.kind) {
    case 'process':
      return lookAtProcess(check, context);
    case 'port':
      return lookAtPort(check, context);
    case 'tcp':
      return lookAtTcp(check, context);
    case 'tls':
      return lookAtTls(check, context);
    case 'http':
      return lookAtHttp(check, context);
    case 'fileAge':
      return lookAtFileAge(check, context);
    case 'command':
      return lookAtCommand(check, context);
  }
}

/** The checks a user added for the parts of the trading system; those switched off are left out. */
export function componentExaminations(
  checks: readonly ComponentCheck[],
  context: Omit<ComponentContext, 'signal'>,
): Examination[] {
  const ids = componentIds(checks);
  return checks.flatMap((check, index) =>
    check.enabled ? [componentExamination(check, ids[index] ?? '', context)] : [],
  );
}

function componentExamination(
  check: ComponentCheck,
  id: string,
  context: Omit<ComponentContext, 'signal'>,
): Examination {
  const { kind, name, weight, severity } = check;
  const own = { name };
  return {
    facts: {
      id,
      subject: 'components',
      // What trades must run and answer in time: it counts as fitness, whatever the kind.
      score: 'performance',
      weight,
      severity,
      minutes: 10,
      references: [],
    },
    words: {
      title: { key: 'diagnose.component.title', parameters: own },
      why: { key: `diagnose.component.why.${kind}`, parameters: own },
      fix: { key: `diagnose.component.fix.${kind}`, parameters: own },
      found: (verdict) =>
        commonWords(verdict) ?? {
          key: `diagnose.component.found.${kind}.${verdict.found ?? verdict.status}`,
          parameters: verdict.parameters ?? {},
        },
    },
    limitMs: 'timeoutMs' in check ? check.timeoutMs + GRACE_MS : undefined,
    look: (signal) => lookAt(check, { ...context, signal }),
  };
}

/**
 * `CMP-` and the name, so that runs can be compared; a second component of the same name gets `-2`. Renaming a component
 * makes it another one.
 */
export function componentIds(checks: readonly { name: string }[]): string[] {
  const taken = new Set<string>();
  return checks.map(({ name }) => {
    const words = name
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? ['component'];
    const plain = `CMP-${words.join('-')}`;
    let id = plain;
    for (let number = 2; taken.has(id); number += 1) id = `${plain}-${number}`;
    taken.add(id);
    return id;
  });
}
