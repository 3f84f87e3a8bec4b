import type { CheckSubject } from '../../../../../src-preload/contract/diagnosis.ts';
import type { Severity } from '../../../../../src-preload/contract/shared.ts';
import type { Check } from '../../check.ts';
import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';
import { failed, passed, unknown } from '../../verdict.ts';

/** `reg.exe` says so by its exit code when a key or value is not there. */
const NOT_FOUND = 1;

/**
 * A value of the registry through `reg query`, whose output is the same in every language: name, type and data parted by
 * four spaces. Readable without administrator's rights. Undefined where there is no such value.
 */
async function readRegistry(
  host: HostProbe,
  key: string,
  name: string,
): Promise<ProbeAnswer<string | undefined>> {
  const answer = await host.run('reg', ['query', key, '/v', name]);
  if (!answer.ok) return answer;
  if (answer.value.exitCode === NOT_FOUND) return { ok: true, value: undefined };
  const line = answer.value.stdout.split(/\r?\n/).find((each) => each.trim().startsWith(`${name} `));
  const data = line?.trim().split(/ {4}/)[2];
  return data === undefined
    ? { ok: false, why: 'failed', detail: answer.value.stderr || answer.value.stdout }
    : { ok: true, value: data };
}

/** A setting in the registry that must be as `isGood` wants, in every key named. */
export interface RegistryRule extends Pick<Check, 'id' | 'weight' | 'severity' | 'references' | 'minutes'> {
  subject: CheckSubject;
  keys: readonly string[];
  name: string;
  /** What Windows does where nothing is set. */
  fallback: number;
  isGood: (value: number) => boolean;
  /** What to set, for the command. */
  wanted: number;
  severity: Severity;
}

export function registryCheck({ keys, name, fallback, isGood, wanted, ...rule }: RegistryRule): Check {
  return {
    ...rule,
    score: 'security',
    async look(host) {
      const evidence = [];
      const bad: string[] = [];
      for (const key of keys) {
        const data = await readRegistry(host, key, name);
        if (!data.ok) return unknown(data, `reg query ${key}`);
        const value = data.value === undefined ? fallback : Number(data.value);
        evidence.push({ text: `${name} = ${data.value ?? `${fallback} (default)`}`, place: key });
        if (!isGood(value)) bad.push(key);
      }
      if (bad.length === 0) return passed(evidence);
      const command = bad
        .map((key) => `reg add "${key}" /v ${name} /t REG_DWORD /d ${wanted} /f`)
        .join(' & ');
      return failed(evidence, { command });
    },
  };
}
