import type { CheckEvidence } from '../../../../../src-preload/contract/diagnosis.ts';
import type { Check } from '../../check.ts';
import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';
import { failed, passed, unknown } from '../../verdict.ts';
import { sysctlPath } from './sysctl.ts';

const FOLDER = '/proc/sys/net/ipv4/conf';
/** More interfaces than a machine has, containers' included; a bound for the run. */
const MAX_INTERFACES = 200;

/** A setting of each network interface, and of `all`, which the kernel puts together in its own way for each setting. */
export interface InterfaceRule extends Pick<Check, 'id' | 'weight' | 'severity' | 'references'> {
  /** `rp_filter`. */
  setting: string;
  /** What is in force on an interface, by what `all` and it say and by whether it forwards. */
  inForce: (all: number, own: number, forwards: boolean) => number;
  good: (value: number) => boolean;
  wanted: string;
}

/**
 * How the kernel puts `all` and the interface together: Documentation/networking/ip-sysctl. The stricter counts for
 * rp_filter; both must allow source routes; redirects are taken when either allows them, on a forwarding interface when
 * both do.
 */
export const TOGETHER = {
  strictest: (all: number, own: number): number => Math.max(all, own),
  both: (all: number, own: number): number => Math.min(all, own),
  eitherUnlessForwarding: (all: number, own: number, forwards: boolean): number =>
    forwards ? Math.min(all, own) : Math.max(all, own),
} as const;

/** A check of what is in force on every interface, and on those to come (`default`). */
export function interfaceCheck({ setting, inForce, good, wanted, ...rule }: InterfaceRule): Check {
  return {
    ...rule,
    subject: 'kernel',
    score: 'security',
    minutes: 2,
    async look(host) {
      const all = await valueOf(host, 'all', setting);
      if (!all.ok) return unknown(all, `${FOLDER}/all/${setting}`);
      const names = await host.list(FOLDER);
      if (!names.ok) return unknown(names, FOLDER);
      const evidence = [evidenceOf('all', setting, all.value)];
      const bad: string[] = [];
      // The loopback never leaves the machine.
      const links = names.value.filter((name) => name !== 'all' && name !== 'lo');
      for (const name of links.slice(0, MAX_INTERFACES)) {
        const own = await valueOf(host, name, setting);
        // An interface may go while it is looked at.
        if (!own.ok && own.why === 'absent') continue;
        if (!own.ok) return unknown(own, `${FOLDER}/${name}/${setting}`);
        const forwards = await valueOf(host, name, 'forwarding');
        evidence.push(evidenceOf(name, setting, own.value));
        if (!good(inForce(all.value, own.value, forwards.ok && forwards.value === 1))) bad.push(name);
      }
      if (bad.length === 0) return passed(evidence);
      const places = ['all', 'default', ...bad.filter((name) => /^\w+$/.test(name))];
      return failed(evidence, {
        parameters: { setting: `net.ipv4.conf.${bad[0] ?? ''}.${setting}`, wanted },
        command: `sysctl -w ${[...new Set(places)].map((name) => `net.ipv4.conf.${name}.${setting}=${wanted}`).join(' ')}`,
      });
    },
  };
}

async function valueOf(host: HostProbe, name: string, setting: string): Promise<ProbeAnswer<number>> {
  const answer = await host.read(`${FOLDER}/${name}/${setting}`);
  return answer.ok ? { ok: true, value: Number(answer.value.trim()) } : answer;
}

function evidenceOf(name: string, setting: string, value: number): CheckEvidence {
  const settingName = `net.ipv4.conf.${name}.${setting}`;
  return { text: `${settingName} = ${value}`, place: sysctlPath(settingName) };
}
