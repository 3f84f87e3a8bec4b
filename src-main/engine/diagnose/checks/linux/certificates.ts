import { X509Certificate } from 'node:crypto';
import type { CheckEvidence } from '../../../../../src-preload/contract/diagnosis.ts';
import type { Check } from '../../check.ts';
import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';
import { failed, notApplicable, passed, unknown } from '../../verdict.ts';

const common = { subject: 'certificates', score: 'security' } as const;
const DAY_MS = 86_400_000;
/** SPEC H80: 7, 14 and 21 days. */
const WARN_DAYS = 21;
const ERROR_DAYS = 7;
const MAX_FILES = 100;

/** Folders in which servers keep certificates of their own; what distributions ship of authorities is elsewhere. */
const FOLDERS = [
  '/etc/letsencrypt/live',
  '/etc/nginx/ssl',
  '/etc/nginx/certs',
  '/etc/apache2/ssl',
  '/etc/ssl/local',
  '/etc/pki/tls/certs',
];

async function certificateFiles(host: HostProbe): Promise<ProbeAnswer<string[]>> {
  const files: string[] = [];
  for (const folder of FOLDERS) {
    const names = await host.list(folder);
    if (!names.ok && names.why === 'absent') continue;
    if (!names.ok) return names;
    for (const name of names.value) {
      if (/\.(pem|crt|cer)$/.test(name)) files.push(`${folder}/${name}`);
      // Let's Encrypt: a folder for each name.
      else if (folder.endsWith('/live')) files.push(`${folder}/${name}/cert.pem`);
    }
  }
  return { ok: true, value: files.slice(0, MAX_FILES) };
}

const expiry: Check = {
  ...common,
  id: 'CRT-01',
  weight: 6,
  severity: 'error',
  minutes: 20,
  references: ['RFC 5280 4.1.2.5', 'NIST SP 800-52'],
  async look(host) {
    const files = await certificateFiles(host);
    if (!files.ok) return unknown(files, FOLDERS[0] ?? '');
    const date = await host.run('date', ['+%s']);
    if (!date.ok) return unknown(date, 'date');
    const now = Number(date.value.stdout) * 1000;
    const evidence: CheckEvidence[] = [];
    let worst = Number.POSITIVE_INFINITY;
    for (const path of files.value) {
      const text = await host.read(path);
      if (!text.ok && text.why === 'absent') continue;
      if (!text.ok) return unknown(text, path);
      if (!text.value.includes('BEGIN CERTIFICATE')) continue;
      const certificate = parsed(text.value);
      if (certificate === undefined) continue;
      const days = Math.floor((Date.parse(certificate.validTo) - now) / DAY_MS);
      worst = Math.min(worst, days);
      evidence.push({ text: `${certificate.subject.replaceAll('\n', ', ')}: ${days} days`, place: path });
    }
    if (evidence.length === 0) return notApplicable();
    const parameters = { days: worst, count: evidence.length };
    if (worst >= WARN_DAYS) return passed(evidence, { parameters });
    if (worst < 0) return failed(evidence, { found: 'expired', parameters, severity: 'critical' });
    return failed(evidence, { parameters, points: 1, severity: worst < ERROR_DAYS ? 'error' : 'warning' });
  },
};

function parsed(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text);
  } catch {
    // A name that ends in .pem may hold anything.
    return undefined;
  }
}

const KEY_FOLDERS = ['/etc/ssl/private', '/etc/nginx/ssl', '/etc/pki/tls/private'];

const keys: Check = {
  ...common,
  id: 'CRT-02',
  weight: 6,
  severity: 'critical',
  minutes: 5,
  references: ['NIST SP 800-57', 'NIST SP 800-53 SC-12'],
  async look(host) {
    const evidence: CheckEvidence[] = [];
    const open: string[] = [];
    for (const folder of KEY_FOLDERS) {
      const closed = await host.stat(folder);
      // A folder that others can't enter guards what is in it.
      if (closed.ok && (closed.value.mode & 0o005) === 0) {
        evidence.push({ text: (closed.value.mode & 0o777).toString(8).padStart(4, '0'), place: folder });
        continue;
      }
      const names = await host.list(folder);
      if (!names.ok && names.why === 'absent') continue;
      if (!names.ok) return unknown(names, folder);
      for (const name of names.value.filter((each) => each.endsWith('.key')).slice(0, MAX_FILES)) {
        const path = `${folder}/${name}`;
        const file = await host.stat(path);
        if (!file.ok) return unknown(file, path);
        evidence.push({ text: (file.value.mode & 0o777).toString(8).padStart(4, '0'), place: path });
        if ((file.value.mode & 0o004) !== 0) open.push(path);
      }
    }
    if (open.length > 0)
      return failed(evidence, { parameters: { count: open.length, paths: open.join(', ') } });
    return evidence.length > 0 ? passed(evidence) : notApplicable();
  },
};

export const certificateChecks: readonly Check[] = [expiry, keys];
