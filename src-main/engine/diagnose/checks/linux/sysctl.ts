import type { CheckSubject } from '../../../../../src-preload/contract/diagnosis.ts';
import type { Severity } from '../../../../../src-preload/contract/shared.ts';
import type { Check } from '../../check.ts';
import { failed, passed, unknown } from '../../verdict.ts';

/** A kernel setting that should have one of some values. */
export interface SysctlRule {
  id: string;
  subject?: CheckSubject;
  /** Names with dots; the worst of them decides. */
  names: readonly string[];
  good: (value: number) => boolean;
  /** What to set, for the command. */
  wanted: string;
  weight: number;
  severity: Severity;
  references: readonly string[];
}

/** Where the kernel shows a setting: readable by everybody, and what is in force rather than what a file says. */
export function sysctlPath(name: string): string {
  return `/proc/sys/${name.replaceAll('.', '/')}`;
}

/** A check of kernel settings in force. */
export function sysctlCheck({ names, good, wanted, ...rule }: SysctlRule): Check {
  return {
    subject: 'kernel',
    score: 'security',
    minutes: 2,
    ...rule,
    async look(host) {
      const evidence = [];
      let bad: string | undefined;
      for (const name of names) {
        const path = sysctlPath(name);
        const answer = await host.read(path);
        if (!answer.ok) return unknown(answer, path);
        const value = answer.value.trim();
        evidence.push({ text: `${name} = ${value}`, place: path });
        if (!good(Number(value))) bad ??= `${name} = ${value}`;
      }
      if (bad === undefined) return passed(evidence);
      const settings = names.map((name) => `${name}=${wanted}`).join(' ');
      return failed(evidence, { parameters: { setting: bad, wanted }, command: `sysctl -w ${settings}` });
    },
  };
}
