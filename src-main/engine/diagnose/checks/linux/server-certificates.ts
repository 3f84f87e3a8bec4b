import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';

/** Where web servers say which certificates and keys they use: nginx and Apache, of Debian and of the RHEL family. */
const SETTINGS = [
  { folder: '/etc/nginx', names: /^nginx\.conf$/ },
  { folder: '/etc/nginx/conf.d', names: /\.conf$/ },
  { folder: '/etc/nginx/sites-enabled', names: /./ },
  { folder: '/etc/apache2/sites-enabled', names: /\.conf$/ },
  { folder: '/etc/httpd/conf.d', names: /\.conf$/ },
];
const MAX_FILES = 100;

export interface Configured {
  certificates: string[];
  keys: string[];
}

/** Paths that the web servers of this machine name; what may not be read names nothing. */
async function configuredPaths(host: HostProbe): Promise<Configured> {
  const configured: Configured = { certificates: [], keys: [] };
  for (const { folder, names } of SETTINGS) {
    const files = await host.list(folder);
    if (!files.ok) continue;
    for (const name of files.value.filter((each) => names.test(each)).slice(0, MAX_FILES)) {
      const text = await host.read(`${folder}/${name}`);
      if (!text.ok) continue;
      configured.certificates.push(
        ...named(text.value, /^\s*(?:ssl_certificate|SSLCertificateFile)\s+(\S+?);?\s*$/gm),
      );
      configured.keys.push(
        ...named(text.value, /^\s*(?:ssl_certificate_key|SSLCertificateKeyFile)\s+(\S+?);?\s*$/gm),
      );
    }
  }
  return configured;
}

/** Absolute paths only: what servers look up otherwise depends on how they were built. */
function named(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)]
    .map(([, path]) => (path ?? '').replace(/^["']|["']$/g, ''))
    .filter((path) => path.startsWith('/') && !path.includes('$'));
}

/** Folders in which servers keep certificates of their own; what distributions ship of authorities is elsewhere. */
const FOLDERS = [
  '/etc/letsencrypt/live',
  '/etc/nginx/ssl',
  '/etc/nginx/certs',
  '/etc/apache2/ssl',
  '/etc/ssl/local',
  '/etc/pki/tls/certs',
];

/** What could not be seen, and why. */
export interface Unseen {
  failure: Extract<ProbeAnswer<never>, { ok: false }>;
  path: string;
}

/** Certificates of servers, and the first folder that could not be listed. */
export async function certificatePaths(host: HostProbe): Promise<{ paths: string[]; closed?: Unseen }> {
  const paths = new Set((await configuredPaths(host)).certificates);
  let closed: Unseen | undefined;
  for (const folder of FOLDERS) {
    const names = await host.list(folder);
    if (!names.ok) {
      if (names.why !== 'absent') closed ??= { failure: names, path: folder };
      continue;
    }
    for (const name of names.value) {
      // The RHEL family links the bundle of all authorities into this folder.
      if (/\.(pem|crt|cer)$/.test(name) && !name.startsWith('ca-bundle')) paths.add(`${folder}/${name}`);
      // Let's Encrypt: a folder for each name.
      else if (folder.endsWith('/live')) paths.add(`${folder}/${name}/cert.pem`);
    }
  }
  const bounded = [...paths].slice(0, MAX_FILES);
  return closed === undefined ? { paths: bounded } : { paths: bounded, closed };
}

const KEY_FOLDERS = [
  '/etc/ssl/private',
  '/etc/nginx/ssl',
  '/etc/nginx/certs',
  '/etc/apache2/ssl',
  '/etc/pki/tls/private',
  '/etc/letsencrypt/live',
];

/** Private keys of servers that others could get at, folders that others can't enter, and what could not be seen. */
export async function keyPaths(
  host: HostProbe,
): Promise<{ paths: string[]; guarded: { path: string; mode: number }[]; closed?: Unseen }> {
  const paths = new Set((await configuredPaths(host)).keys);
  const guarded: { path: string; mode: number }[] = [];
  let closed: Unseen | undefined;
  for (const path of KEY_FOLDERS) {
    const folder = await host.stat(path);
    // A folder that others can't enter guards what is in it.
    if (folder.ok && (folder.value.mode & 0o005) === 0) {
      guarded.push({ path, mode: folder.value.mode });
      continue;
    }
    const names = await host.list(path);
    if (!names.ok && names.why !== 'absent') closed ??= { failure: names, path };
    if (!names.ok) continue;
    for (const name of names.value.filter((each) => each.endsWith('.key')).slice(0, MAX_FILES))
      paths.add(`${path}/${name}`);
  }
  for (const { path } of guarded)
    for (const key of [...paths]) if (key.startsWith(`${path}/`)) paths.delete(key);
  return closed === undefined ? { paths: [...paths], guarded } : { paths: [...paths], guarded, closed };
}
