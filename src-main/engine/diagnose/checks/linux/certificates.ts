import { X509Certificate } from 'node:crypto';
import type { CheckEvidence } from '../../../../../src-preload/contract/diagnosis.ts';
import type { Check } from '../../check.ts';
import { failed, notApplicable, passed, unknown } from '../../verdict.ts';
import { clockOf } from './host-clock.ts';
import { certificatePaths, keyPaths, type Unseen } from './server-certificates.ts';

const common = { subject: 'certificates', score: 'security' } as const;
const DAY_MS = 86_400_000;
/** As alerts about certificates of remote systems have it: 21 days warn, 7 are an error. */
const WARN_DAYS = 21;
const ERROR_DAYS = 7;

const expiry: Check = {
  ...common,
  id: 'CRT-01',
  weight: 6,
  severity: 'error',
  minutes: 20,
  references: ['RFC 5280 4.1.2.5', 'NIST SP 800-52'],
  async look(host) {
    const { paths, closed } = await certificatePaths(host);
    if (paths.length === 0)
      return closed === undefined ? notApplicable() : unknown(closed.failure, closed.path);
    const now = await clockOf(host);
    if (!now.ok) return unknown(now, 'date');
    const evidence: CheckEvidence[] = [];
    let worst = Number.POSITIVE_INFINITY;
    let unseen: Unseen | undefined = closed;
    for (const path of paths) {
      const text = await host.read(path);
      if (!text.ok) {
        if (text.why !== 'absent') unseen ??= { failure: text, path };
        continue;
      }
      const certificate = parsed(text.value);
      if (certificate === undefined) continue;
      const days = Math.floor((Date.parse(certificate.validTo) - now.value) / DAY_MS);
      worst = Math.min(worst, days);
      evidence.push({ text: `${certificate.subject.replaceAll('\n', ', ')}: ${days} days`, place: path });
    }
    const parameters = { days: worst, count: evidence.length };
    if (worst < 0) return failed(evidence, { found: 'expired', parameters, severity: 'critical' });
    if (worst < WARN_DAYS)
      return failed(evidence, { parameters, points: 1, severity: worst < ERROR_DAYS ? 'error' : 'warning' });
    // One that was not seen may be the one that ends tomorrow.
    if (unseen !== undefined) return unknown(unseen.failure, unseen.path);
    return evidence.length === 0 ? notApplicable() : passed(evidence, { parameters });
  },
};

function parsed(text: string): X509Certificate | undefined {
  if (!text.includes('BEGIN CERTIFICATE')) return undefined;
  try {
    return new X509Certificate(text);
  } catch {
    // A name that ends in .pem may hold anything.
    return undefined;
  }
}

const keys: Check = {
  ...common,
  id: 'CRT-02',
  weight: 6,
  severity: 'critical',
  minutes: 5,
  references: ['NIST SP 800-57', 'NIST SP 800-53 SC-12'],
  async look(host) {
    const { paths, guarded, closed } = await keyPaths(host);
    const evidence: CheckEvidence[] = guarded.map(({ path, mode }) => ({ text: octal(mode), place: path }));
    const open: string[] = [];
    for (const path of paths) {
      const file = await host.stat(path);
      // Not seen: gone, or in a folder that others can't enter. A link has everybody's permissions and gives none.
      if (!file.ok || file.value.kind === 'link') continue;
      evidence.push({ text: octal(file.value.mode), place: path });
      if ((file.value.mode & 0o004) !== 0) open.push(path);
    }
    if (open.length > 0)
      return failed(evidence, { parameters: { count: open.length, paths: open.join(', ') } });
    if (closed !== undefined) return unknown(closed.failure, closed.path);
    return evidence.length > 0 ? passed(evidence) : notApplicable();
  },
};

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0');

/** The bundles that programs read: Debian's and Arch's, then the RHEL family's. */
const STORES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem'];
const OWN_AUTHORITIES = ['/usr/local/share/ca-certificates', '/etc/pki/ca-trust/source/anchors'];
/** A stable distribution renews the list every two years or so; one of three years trusts authorities long removed. */
const MOST_DAYS = 3 * 365;

const authorities: Check = {
  ...common,
  id: 'CRT-03',
  weight: 2,
  severity: 'warning',
  minutes: 5,
  references: ['update-ca-certificates(8)', 'NIST SP 800-53 SC-17'],
  async look(host) {
    for (const path of STORES) {
      const store = await host.stat(path);
      if (!store.ok && store.why === 'absent') continue;
      if (!store.ok) return unknown(store, path);
      const now = await clockOf(host);
      if (!now.ok) return unknown(now, 'date');
      const days = Math.max(0, Math.floor((now.value - store.value.modifiedAt) / DAY_MS));
      const evidence = [{ text: new Date(store.value.modifiedAt).toISOString(), place: path }];
      // Who was added by hand is worth seeing, and no fault: a company's own authority mostly.
      for (const folder of OWN_AUTHORITIES) {
        const names = await host.list(folder);
        if (names.ok) evidence.push(...names.value.map((text) => ({ text, place: folder })));
      }
      const parameters = { days, own: evidence.length - 1 };
      return days <= MOST_DAYS ? passed(evidence, { parameters }) : failed(evidence, { parameters });
    }
    return notApplicable();
  },
};

export const certificateChecks: readonly Check[] = [expiry, keys, authorities];
