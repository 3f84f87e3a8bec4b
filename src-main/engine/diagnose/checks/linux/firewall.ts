import type { CheckEvidence } from '../../../../../src-preload/contract/diagnosis.ts';
import type { Check, CheckVerdict } from '../../check.ts';
import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';
import { failed, notApplicable, passed, unknown } from '../../verdict.ts';
import { isContainer } from './container.ts';
import { closedBy, type Closed } from './nft-ruleset.ts';

const NFT = 'nft list ruleset';
const WEIGHT = 8;

/** What one source tells about the firewall. */
interface Told {
  name: string;
  closed: Closed;
  evidence: CheckEvidence;
}
type Failure = Extract<ProbeAnswer<never>, { ok: false }>;

/**
 * The kernel's own rules decide; only administrators may read them. Everybody else is told by what loads them: the
 * settings of ufw, firewalld's service, nftables.conf with its service.
 */
const firewall: Check = {
  id: 'FW-01',
  subject: 'firewall',
  score: 'security',
  weight: WEIGHT,
  severity: 'error',
  minutes: 20,
  references: ['CIS Debian Linux 12 Benchmark, 4 Host Based Firewall', 'NIST SP 800-53 SC-7'],
  async look(host) {
    const kernel = await kernelRules(host);
    const managers = await managersOf(host);
    if (kernel.told.length > 0) return verdictOf(host, kernel.told, managers);
    if (managers.some(({ closed }) => closed.ipv4)) return verdictOf(host, managers, managers);
    if (kernel.failure !== undefined) return unknown(kernel.failure, NFT);
    if (managers.length > 0) return verdictOf(host, managers, managers);
    if (await isContainer(host)) return notApplicable('container');
    return failed([{ text: 'no nft, iptables, ufw, firewalld', place: 'PATH' }], { found: 'none' });
  },
};

async function verdictOf(
  host: HostProbe,
  told: readonly Told[],
  managers: readonly Told[],
): Promise<CheckVerdict> {
  const evidence = [...new Set([...told, ...managers].map((each) => each.evidence))];
  const ipv4 = told.find(({ closed }) => closed.ipv4);
  const ipv6 = told.find(({ closed }) => closed.ipv6);
  const name = managers.find(({ closed }) => closed.ipv4)?.name ?? ipv4?.name ?? '';
  if (ipv4 !== undefined && ipv6 !== undefined) return passed(evidence, { parameters: { name } });
  if (ipv4 !== undefined) {
    if (!(await usesIpv6(host))) return passed(evidence, { parameters: { name } });
    return failed(evidence, { found: 'ipv4Only', points: WEIGHT / 2, parameters: { name } });
  }
  return failed(evidence);
}

/** An address besides the loopback's, in the kernel's own list. */
async function usesIpv6(host: HostProbe): Promise<boolean> {
  const text = await host.read('/proc/net/if_inet6');
  return text.ok && text.value.split('\n').some((line) => line.trim() !== '' && !line.trim().endsWith(' lo'));
}

async function kernelRules(host: HostProbe): Promise<{ told: Told[]; failure?: Failure }> {
  const told: Told[] = [];
  let failure: Failure | undefined;
  for (const ask of [nftables, iptables]) {
    const answer = await ask(host);
    if (answer.ok) told.push(answer.value);
    else if (answer.why !== 'absent') failure ??= answer;
  }
  return failure === undefined ? { told } : { told, failure };
}

async function nftables(host: HostProbe): Promise<ProbeAnswer<Told>> {
  const answer = await output(host, 'nft', ['list', 'ruleset']);
  if (!answer.ok) return answer;
  const lines = answer.value.trim() === '' ? 0 : answer.value.trim().split('\n').length;
  const evidence = { text: lines === 0 ? 'no rules' : `${lines} lines of rules`, place: NFT };
  return { ok: true, value: { name: 'nftables', closed: closedBy(answer.value), evidence } };
}

/** Rules of the older interface, which nft does not see. */
async function iptables(host: HostProbe): Promise<ProbeAnswer<Told>> {
  const ipv4 = await output(host, 'iptables', ['-S', 'INPUT']);
  if (!ipv4.ok) return ipv4;
  const ipv6 = await output(host, 'ip6tables', ['-S', 'INPUT']);
  const closed = { ipv4: refusesRest(ipv4.value), ipv6: ipv6.ok && refusesRest(ipv6.value) };
  const evidence = { text: ipv4.value.split('\n')[0] ?? '', place: 'iptables -S INPUT' };
  return { ok: true, value: { name: 'iptables', closed, evidence } };
}

function refusesRest(rules: string): boolean {
  const last = /^-A INPUT -j (ACCEPT|DROP|REJECT)( --reject-with \S+)?$/m.exec(rules)?.[1];
  return last === undefined ? /^-P INPUT DROP/m.test(rules) : last !== 'ACCEPT';
}

async function output(
  host: HostProbe,
  program: string,
  args: readonly string[],
): Promise<ProbeAnswer<string>> {
  const answer = await host.run(program, args);
  if (!answer.ok) return answer;
  const { exitCode, stdout, stderr } = answer.value;
  if (exitCode === 0) return { ok: true, value: stdout };
  const why = /not permitted|permission denied|must be root/i.test(stderr) ? 'forbidden' : 'failed';
  return { ok: false, why, detail: stderr.trim() };
}

async function managersOf(host: HostProbe): Promise<Told[]> {
  const told: Told[] = [];
  for (const ask of [ufw, firewalld, nftablesService]) {
    const answer = await ask(host);
    if (answer !== undefined) told.push(answer);
  }
  return told;
}

/** ufw's switch and its policy, which everybody may read. */
async function ufw(host: HostProbe): Promise<Told | undefined> {
  const text = await host.read('/etc/ufw/ufw.conf');
  if (!text.ok) return undefined;
  const defaults = await host.read('/etc/default/ufw');
  const value = (source: string, name: string): string | undefined =>
    new RegExp(`^${name}=["']?(\\w+)`, 'm').exec(source)?.[1];
  const enabled = value(text.value, 'ENABLED') ?? 'no';
  const policy = (defaults.ok && value(defaults.value, 'DEFAULT_INPUT_POLICY')) || 'DROP';
  const ipv6 = (defaults.ok && value(defaults.value, 'IPV6')) || 'yes';
  const closed = enabled.toLowerCase() === 'yes' && /^(DROP|REJECT)$/i.test(policy);
  return {
    name: 'ufw',
    closed: { ipv4: closed, ipv6: closed && ipv6.toLowerCase() === 'yes' },
    evidence: {
      text: `ENABLED=${enabled}, DEFAULT_INPUT_POLICY=${policy}, IPV6=${ipv6}`,
      place: '/etc/ufw/ufw.conf',
    },
  };
}

/** Running, with a zone that refuses what it does not name: all but `trusted` and `ACCEPT` do (firewalld.zone(5)). */
async function firewalld(host: HostProbe): Promise<Told | undefined> {
  const text = await host.read('/etc/firewalld/firewalld.conf');
  if (!text.ok) return undefined;
  const zone = /^DefaultZone=(\S+)/m.exec(text.value)?.[1] ?? 'public';
  const state = (await serviceState(host, 'firewalld.service')) ?? 'not known';
  const closed = state === 'active' && zone !== 'trusted';
  return {
    name: 'firewalld',
    closed: { ipv4: closed, ipv6: closed },
    evidence: { text: `${state}, DefaultZone=${zone}`, place: '/etc/firewalld/firewalld.conf' },
  };
}

/** What nftables.service loaded, where it did. */
async function nftablesService(host: HostProbe): Promise<Told | undefined> {
  const state = await serviceState(host, 'nftables.service');
  if (state === undefined) return undefined;
  for (const path of ['/etc/nftables.conf', '/etc/sysconfig/nftables.conf']) {
    const text = await host.read(path);
    if (!text.ok) continue;
    const open = { ipv4: false, ipv6: false };
    const closed = state === 'active' ? closedBy(text.value) : open;
    return { name: 'nftables', closed, evidence: { text: `nftables.service ${state}`, place: path } };
  }
  return undefined;
}

/** `active`, `inactive`, `failed`; undefined where systemd does not answer. */
async function serviceState(host: HostProbe, unit: string): Promise<string | undefined> {
  const answer = await host.run('systemctl', ['is-active', unit]);
  const state = answer.ok ? answer.value.stdout.trim() : '';
  return state === '' ? undefined : state;
}

export const firewallChecks: readonly Check[] = [firewall];
