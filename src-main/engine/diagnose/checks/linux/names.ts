import type { Check, CheckVerdict } from '../../check.ts';
import type { HostProbe } from '../../host-probe.ts';
import { failed, notApplicable, passed, unknown, unreadable } from '../../verdict.ts';

const RESOLV_CONF = '/etc/resolv.conf';
const common = { subject: 'dns', score: 'security' } as const;

const resolvers: Check = {
  ...common,
  id: 'DNS-01',
  weight: 3,
  severity: 'error',
  minutes: 5,
  references: ['resolv.conf(5)', 'NIST SP 800-81'],
  async look(host) {
    const path = RESOLV_CONF;
    const text = await host.read(path);
    if (!text.ok) return unknown(text, path);
    const servers = [...text.value.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, server]) => server ?? '');
    const evidence = servers.map((server) => ({ text: `nameserver ${server}`, place: path }));
    if (servers.length === 0) return failed([{ text: 'no nameserver', place: path }], { found: 'none' });
    // One that is a local cache asks several itself.
    const single = servers.length === 1 && !/^(127\.|::1$)/.test(servers[0] ?? '');
    if (single) return failed(evidence, { points: 2, severity: 'info' });
    return passed(evidence, { parameters: { count: servers.length } });
  },
};

/** Names that programs trust with updates and money; nobody has a reason to write them into a hosts file. */
const WATCHED =
  /(^|\.)(debian\.org|ubuntu\.com|redhat\.com|github\.com|npmjs\.org|pypi\.org|microsoft\.com|apple\.com|google\.com|jpx\.co\.jp|nasdaq\.com|nyse\.com|cmegroup\.com)$/i;

const hostsFile: Check = {
  ...common,
  id: 'DNS-02',
  weight: 3,
  severity: 'error',
  minutes: 5,
  references: ['hosts(5)', 'MITRE ATT&CK T1565.001'],
  async look(host) {
    const path = '/etc/hosts';
    const text = await host.read(path);
    if (!text.ok) return unknown(text, path);
    const lines = text.value.split('\n').map((line) => line.replace(/#.*/, '').trim());
    const evidence = lines.flatMap((line, index) => {
      const names = line.split(/\s+/).slice(1);
      return names.some((name) => WATCHED.test(name)) ? [{ text: line, place: `${path}:${index + 1}` }] : [];
    });
    if (evidence.length > 0) return failed(evidence, { parameters: { count: evidence.length } });
    return passed([{ text: `${lines.filter((line) => line !== '').length} lines`, place: path }]);
  },
};

const STATUS = ['status', '--no-pager'];

/**
 * Whether somebody between this machine and its resolver, or beside it in the network, can answer in its place. Only
 * systemd-resolved tells; the C library's own resolver has neither protection.
 */
const answers: Check = {
  ...common,
  id: 'DNS-03',
  weight: 2,
  severity: 'warning',
  minutes: 10,
  references: ['resolved.conf(5)', 'RFC 7858', 'MITRE ATT&CK T1557.001'],
  async look(host) {
    const text = await host.read(RESOLV_CONF);
    if (!text.ok) return unknown(text, RESOLV_CONF);
    const servers = [...text.value.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, server]) => server ?? '');
    const [first = ''] = servers;
    if (/^127\.0\.0\.5[34]$/.test(first)) return resolvedAnswers(host);
    // A cache of this machine (unbound, dnsmasq) protects or not as it is set up.
    if (first === '' || /^(127\.|::1$)/.test(first)) return notApplicable();
    const evidence = [{ text: `nameserver ${first}: asked in clear`, place: RESOLV_CONF }];
    return failed(evidence, { points: 1, severity: 'info' });
  },
};

async function resolvedAnswers(host: HostProbe): Promise<CheckVerdict> {
  const place = 'resolvectl status';
  const answer = await host.run('resolvectl', STATUS);
  if (!answer.ok) return unknown(answer, place);
  const lines = answer.value.stdout.split('\n').filter((line) => /^\s*Protocols: /.test(line));
  if (lines.length === 0) return unreadable(place, answer.value.stderr);
  const evidence = lines.map((line) => ({ text: line.trim(), place }));
  // LLMNR asks everybody in the network for a name, and believes whoever answers first.
  if (lines.some((line) => line.includes('+LLMNR'))) return failed(evidence, { found: 'llmnr' });
  const [global = ''] = lines;
  if (/\+DNSOverTLS|DNSSEC=yes/.test(global)) return passed(evidence);
  return failed(evidence, { points: 1, severity: 'info' });
}

export const nameChecks: readonly Check[] = [resolvers, hostsFile, answers];
