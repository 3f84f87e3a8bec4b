import type { Check } from '../../check.ts';
import { failed, passed, unknown } from '../../verdict.ts';

const common = { subject: 'dns', score: 'security' } as const;

const resolvers: Check = {
  ...common,
  id: 'DNS-01',
  weight: 3,
  severity: 'error',
  minutes: 5,
  references: ['resolv.conf(5)', 'NIST SP 800-81'],
  async look(host) {
    const path = '/etc/resolv.conf';
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

export const nameChecks: readonly Check[] = [resolvers, hostsFile];
