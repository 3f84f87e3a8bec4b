import type { Check } from '../../check.ts';
import type { HostProbe } from '../../host-probe.ts';
import { failed, passed, unknown } from '../../verdict.ts';
import { isPublic, isReply, listenerText, readListeners, type Listener } from './listeners.ts';
import { sysctlPath } from './sysctl.ts';

const CIS = 'CIS Debian Linux 12 Benchmark';

/** Services that send passwords in clear, or let anybody in unless set up with care. */
const RISKY = new Map([
  ['tcp 21', 'ftp'],
  ['tcp 23', 'telnet'],
  ['udp 69', 'tftp'],
  ['tcp 111', 'rpcbind'],
  ['udp 111', 'rpcbind'],
  ['udp 161', 'snmp'],
  ['tcp 512', 'rexec'],
  ['tcp 513', 'rlogin'],
  ['tcp 514', 'rsh'],
  ['tcp 873', 'rsync'],
  ['tcp 1433', 'sql-server'],
  ['tcp 1521', 'oracle'],
  ['udp 1900', 'upnp'],
  ['tcp 2049', 'nfs'],
  ['tcp 2375', 'docker'],
  ['tcp 2379', 'etcd'],
  ['tcp 3306', 'mysql'],
  ['tcp 3389', 'rdp'],
  ['tcp 5432', 'postgresql'],
  ['tcp 5900', 'vnc'],
  ['tcp 5901', 'vnc'],
  ['tcp 6000', 'x11'],
  ['tcp 6379', 'redis'],
  ['tcp 8888', 'jupyter'],
  ['tcp 9200', 'elasticsearch'],
  ['tcp 10250', 'kubelet'],
  ['tcp 11211', 'memcached'],
  ['udp 11211', 'memcached'],
  ['tcp 27017', 'mongodb'],
]);

const riskOf = ({ protocol, port }: Listener): string | undefined => RISKY.get(`${protocol} ${port}`);

/** More ports than this open to others is more than anybody keeps an eye on. */
const MANY = 10;

/** Ports that the kernel gives to those who ask somebody else; its own default where it does not say. */
async function replyPorts(host: HostProbe): Promise<readonly [number, number]> {
  const text = await host.read(sysctlPath('net.ipv4.ip_local_port_range'));
  const [first = 32_768, last = 60_999] = text.ok ? text.value.trim().split(/\s+/).map(Number) : [];
  return [first, last];
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
    const range = await replyPorts(host);
    const others = listeners.value.filter((each) => isPublic(each) && !isReply(each, range));
    const open = [...new Set(others.map(listenerText))];
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
    const risky = listeners.value.filter((each) => isPublic(each) && riskOf(each) !== undefined);
    if (risky.length === 0)
      return passed([
        { text: `${listeners.value.length} listeners, none of them risky`, place: '/proc/net' },
      ]);
    const names = [...new Set(risky.map((each) => `${riskOf(each) ?? ''} ${each.port}`))];
    return failed(
      risky.map((each) => ({
        text: `${listenerText(each)} (${riskOf(each) ?? ''})`,
        place: '/proc/net',
      })),
      { parameters: { names: names.join(', ') } },
    );
  },
};

/** Interfaces that container engines, virtual machines and VPNs make: they need forwarding to work at all. */
const BRIDGES =
  /^(docker\d|br-[0-9a-f]{12}$|podman\d|cni|virbr\d|lxcbr\d|lxdbr\d|incusbr\d|wg\d|tailscale\d|k3s|flannel)/;
const FORWARDING = ['net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding'];

const forwarding: Check = {
  id: 'NET-03',
  subject: 'ports',
  score: 'security',
  weight: 2,
  severity: 'warning',
  minutes: 2,
  references: [CIS, 'Linux kernel documentation, networking/ip-sysctl'],
  async look(host) {
    const evidence = [];
    const on: string[] = [];
    for (const name of FORWARDING) {
      const answer = await host.read(sysctlPath(name));
      // Without IPv6 there is no such setting.
      if (!answer.ok && answer.why === 'absent' && name.includes('ipv6')) continue;
      if (!answer.ok) return unknown(answer, sysctlPath(name));
      evidence.push({ text: `${name} = ${answer.value.trim()}`, place: sysctlPath(name) });
      if (answer.value.trim() !== '0') on.push(name);
    }
    if (on.length === 0) return passed(evidence);
    const links = await host.list('/sys/class/net');
    const bridges = links.ok ? links.value.filter((name) => BRIDGES.test(name)) : [];
    if (bridges.length > 0) {
      const needed = bridges.map((text) => ({ text, place: '/sys/class/net' }));
      return passed([...evidence, ...needed], { found: 'needed', parameters: { names: bridges.join(', ') } });
    }
    return failed(evidence, {
      parameters: { setting: `${on.join(', ')} = 1`, wanted: '0' },
      command: `sysctl -w ${on.map((name) => `${name}=0`).join(' ')}`,
    });
  },
};

export const networkChecks: readonly Check[] = [publicPorts, riskyPorts, forwarding];
