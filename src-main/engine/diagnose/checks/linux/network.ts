import type { CheckEvidence } from '../../../../../src-preload/contract/diagnosis.ts';
import type { Check } from '../../check.ts';
import type { HostProbe } from '../../host-probe.ts';
import { failed, passed, unknown } from '../../verdict.ts';
import { isPublic, listenerText, readListeners } from './listeners.ts';
import { sysctlCheck } from './sysctl.ts';

const CIS = 'CIS Debian Linux 12 Benchmark';

/** Services that send passwords in clear, or let anybody in unless set up with care; by port. */
const RISKY = new Map([
  [21, 'ftp'],
  [23, 'telnet'],
  [69, 'tftp'],
  [111, 'rpcbind'],
  [512, 'rexec'],
  [513, 'rlogin'],
  [514, 'rsh'],
  [873, 'rsync'],
  [2049, 'nfs'],
  [2375, 'docker'],
  [3306, 'mysql'],
  [5432, 'postgresql'],
  [5900, 'vnc'],
  [6000, 'x11'],
  [6379, 'redis'],
  [9200, 'elasticsearch'],
  [11_211, 'memcached'],
  [27_017, 'mongodb'],
]);
/** More ports than this open to others is more than anybody keeps an eye on. */
const MANY = 10;

const firewall: Check = {
  id: 'FW-01',
  subject: 'firewall',
  score: 'security',
  weight: 8,
  severity: 'error',
  minutes: 20,
  references: [`${CIS}, 4 Host Based Firewall`, 'NIST SP 800-53 SC-7'],
  async look(host) {
    const evidence: CheckEvidence[] = [];
    for (const ask of [ufw, firewalld, nftables, iptables]) {
      const answer = await ask(host);
      if (answer === 'forbidden')
        return unknown({ ok: false, why: 'forbidden', detail: '' }, 'nft, iptables');
      if (answer === undefined) continue;
      evidence.push(answer.evidence);
      if (answer.closed) return passed(evidence, { parameters: { name: answer.name } });
    }
    return evidence.length > 0
      ? failed(evidence)
      : failed([{ text: 'no ufw, firewalld, nft, iptables', place: 'PATH' }], { found: 'none' });
  },
};

type FirewallState = { name: string; closed: boolean; evidence: CheckEvidence } | 'forbidden' | undefined;

/** ufw's own switch, readable without rights. */
async function ufw(host: HostProbe): Promise<FirewallState> {
  const text = await host.read('/etc/ufw/ufw.conf');
  if (!text.ok) return undefined;
  const closed = /^ENABLED=yes$/m.test(text.value);
  return {
    name: 'ufw',
    closed,
    evidence: { text: closed ? 'ENABLED=yes' : 'ENABLED=no', place: '/etc/ufw/ufw.conf' },
  };
}

async function firewalld(host: HostProbe): Promise<FirewallState> {
  const answer = await host.run('firewall-cmd', ['--state']);
  if (!answer.ok) return undefined;
  const state = answer.value.stdout.trim();
  return {
    name: 'firewalld',
    closed: state === 'running',
    evidence: { text: state === '' ? answer.value.stderr.trim() : state, place: 'firewall-cmd --state' },
  };
}

/** A rule set that drops what comes in and was not asked for. */
async function nftables(host: HostProbe): Promise<FirewallState> {
  const answer = await host.run('nft', ['list', 'ruleset']);
  if (!answer.ok) return undefined;
  const { exitCode, stdout } = answer.value;
  if (exitCode !== 0) return 'forbidden';
  const closed =
    /hook input[^;]*;[^}]*policy drop/s.test(stdout) || /hook input[\s\S]*?\b(drop|reject)\b/.test(stdout);
  const rules = stdout.trim() === '' ? 'no rules' : `${stdout.trim().split('\n').length} lines of rules`;
  return { name: 'nftables', closed, evidence: { text: rules, place: 'nft list ruleset' } };
}

async function iptables(host: HostProbe): Promise<FirewallState> {
  const answer = await host.run('iptables', ['-S', 'INPUT']);
  if (!answer.ok) return undefined;
  const { exitCode, stdout } = answer.value;
  if (exitCode !== 0) return 'forbidden';
  const closed = /^-P INPUT (DROP|REJECT)/m.test(stdout) || /^-A INPUT\b.*-j (DROP|REJECT)\s*$/m.test(stdout);
  return {
    name: 'iptables',
    closed,
    evidence: { text: stdout.split('\n')[0] ?? '', place: 'iptables -S INPUT' },
  };
}

const publicPorts: Check = {
  id: 'NET-01',
  subject: 'ports',
  score: 'security',
  weight: 3,
  severity: 'warning',
  minutes: 15,
  references: [CIS, 'NIST SP 800-53 CM-7'],
  async look(host) {
    const listeners = await readListeners(host);
    if (!listeners.ok) return unknown(listeners, '/proc/net');
    const open = [...new Set(listeners.value.filter(isPublic).map(listenerText))];
    const parameters = { count: open.length, most: MANY };
    if (open.length <= MANY) {
      const texts = open.length > 0 ? open : ['nothing listens for others'];
      return passed(
        texts.map((text) => ({ text, place: '/proc/net' })),
        { parameters },
      );
    }
    return failed(
      open.map((text) => ({ text, place: '/proc/net' })),
      { points: 1, parameters },
    );
  },
};

const riskyPorts: Check = {
  id: 'NET-02',
  subject: 'ports',
  score: 'security',
  weight: 8,
  severity: 'error',
  minutes: 10,
  references: [`${CIS}, 2 Services`, 'NIST SP 800-53 CM-7'],
  async look(host) {
    const listeners = await readListeners(host);
    if (!listeners.ok) return unknown(listeners, '/proc/net');
    const risky = listeners.value.filter((each) => isPublic(each) && RISKY.has(each.port));
    if (risky.length === 0)
      return passed([
        { text: `${listeners.value.length} listeners, none of them risky`, place: '/proc/net' },
      ]);
    const names = [...new Set(risky.map(({ port }) => `${RISKY.get(port) ?? ''} ${port}`))];
    return failed(
      risky.map((each) => ({
        text: `${listenerText(each)} ${RISKY.get(each.port) ?? ''}`,
        place: '/proc/net',
      })),
      { parameters: { names: names.join(', ') } },
    );
  },
};

export const networkChecks: readonly Check[] = [
  firewall,
  publicPorts,
  riskyPorts,
  sysctlCheck({
    id: 'NET-03',
    subject: 'ports',
    names: ['net.ipv4.ip_forward'],
    good: (value) => value === 0,
    wanted: '0',
    weight: 2,
    severity: 'warning',
    references: [CIS],
  }),
];
