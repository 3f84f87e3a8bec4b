import type { CheckEvidence } from '../../../../../src-preload/contract/diagnosis.ts';
import type { Check } from '../../check.ts';
import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';
import { failed, notApplicable, passed, unknown } from '../../verdict.ts';
import { canSignIn, isPerson, PASSWD, readAccounts, type Account } from './accounts-file.ts';
import { isEncrypted, isPrivateKey } from './private-key.ts';

const common = { subject: 'ssh', score: 'security' } as const;
/** Accounts and keys looked at: more than a desk has, few enough for a run. */
const MAX_ACCOUNTS = 50;
const MAX_KEYS = 100;

interface Folder {
  account: Account;
  path: string;
  names: string[];
}

/** The folders `.ssh` that can be seen, and those that can't. */
interface Folders {
  seen: Folder[];
  closed: Extract<ProbeAnswer<never>, { ok: false }>[];
}

/** `.ssh` of everybody who can sign in; without administrator's rights the others' are usually closed. */
async function keyFolders(host: HostProbe): Promise<ProbeAnswer<Folders>> {
  const accounts = await readAccounts(host);
  if (!accounts.ok) return accounts;
  const people = accounts.value.filter((each) => (isPerson(each) || each.uid === 0) && canSignIn(each));
  const folders: Folders = { seen: [], closed: [] };
  for (const account of people.slice(0, MAX_ACCOUNTS)) {
    const path = `${account.home}/.ssh`;
    const names = await host.list(path);
    if (names.ok) folders.seen.push({ account, path, names: names.value });
    else if (names.why !== 'absent') folders.closed.push(names);
  }
  return { ok: true, value: folders };
}

/** A file or folder as its account sees it, and why it is not as sshd's StrictModes wants it. */
async function writableByOthers(
  host: HostProbe,
  { account }: Folder,
  path: string,
): Promise<{ evidence: CheckEvidence; open: boolean } | undefined> {
  const file = await host.stat(path);
  if (!file.ok) return undefined;
  const { kind, mode, owner } = file.value;
  const isOthers = owner !== 0 && owner !== account.uid;
  const evidence = { text: `${octal(mode)} owner ${owner}`, place: path };
  return { evidence, open: kind !== 'link' && (isOthers || (mode & 0o022) !== 0) };
}

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');

const authorizedKeys: Check = {
  ...common,
  id: 'SSH-09',
  weight: 6,
  severity: 'critical',
  minutes: 2,
  references: ['OpenSSH sshd(8), FILES', 'OpenSSH sshd_config(5) StrictModes'],
  async look(host) {
    const folders = await keyFolders(host);
    if (!folders.ok) return unknown(folders, PASSWD);
    const evidence: CheckEvidence[] = [];
    const open: string[] = [];
    for (const folder of folders.value.seen) {
      const files = folder.names.filter((name) => /^authorized_keys2?$/.test(name));
      if (files.length === 0) continue;
      for (const path of [folder.path, ...files.map((name) => `${folder.path}/${name}`)]) {
        const state = await writableByOthers(host, folder, path);
        if (state === undefined) continue;
        evidence.push(state.evidence);
        if (state.open) open.push(path);
      }
    }
    if (open.length > 0) return failed(evidence, { parameters: { paths: open.join(', ') } });
    if (evidence.length > 0) return passed(evidence, { parameters: { count: evidence.length } });
    const [closed] = folders.value.closed;
    return closed === undefined ? notApplicable() : unknown(closed, '.ssh/authorized_keys');
  },
};

interface SeenKey {
  path: string;
  mode: number;
  /** Undefined where the key may not be read: it is someone else's. */
  encrypted: boolean | undefined;
}

/** Private keys among the files of `.ssh`, by what they begin with or, where they can't be read, by their usual names. */
async function privateKeys(host: HostProbe, folders: Folders): Promise<SeenKey[]> {
  const keys: SeenKey[] = [];
  for (const { path, names } of folders.seen) {
    for (const name of names.filter((each) => !/\.pub$|^known_hosts|^authorized_keys|^config$/.test(each))) {
      if (keys.length >= MAX_KEYS) return keys;
      const file = await host.stat(`${path}/${name}`);
      if (!file.ok || file.value.kind !== 'file') continue;
      const text = await host.read(`${path}/${name}`);
      if (text.ok ? !isPrivateKey(text.value) : !/^id_\w+$/.test(name)) continue;
      const encrypted = text.ok ? isEncrypted(text.value) : undefined;
      keys.push({ path: `${path}/${name}`, mode: file.value.mode, encrypted });
    }
  }
  return keys;
}

const keysPrivate: Check = {
  ...common,
  id: 'SSH-10',
  weight: 6,
  severity: 'critical',
  minutes: 5,
  references: ['OpenSSH ssh(1), FILES', 'NIST SP 800-53 IA-5'],
  async look(host) {
    const folders = await keyFolders(host);
    if (!folders.ok) return unknown(folders, PASSWD);
    const keys = await privateKeys(host, folders.value);
    const [closed] = folders.value.closed;
    if (keys.length === 0) return closed === undefined ? notApplicable() : unknown(closed, '.ssh');
    const evidence = keys.map(({ path, mode }) => ({ text: octal(mode), place: path }));
    const open = keys.filter(({ mode }) => (mode & 0o077) !== 0).map(({ path }) => path);
    if (open.length === 0) return passed(evidence, { parameters: { count: keys.length } });
    const safe = open.filter((path) => /^[\w./-]+$/.test(path));
    return failed(evidence, {
      parameters: { paths: open.join(', ') },
      ...(safe.length > 0 ? { command: `chmod 600 ${safe.join(' ')}` } : {}),
    });
  },
};

const passphrases: Check = {
  ...common,
  id: 'SSH-11',
  weight: 3,
  severity: 'warning',
  minutes: 5,
  references: ['OpenSSH ssh-keygen(1)', 'NIST SP 800-53 IA-5'],
  async look(host) {
    const folders = await keyFolders(host);
    if (!folders.ok) return unknown(folders, PASSWD);
    const keys = await privateKeys(host, folders.value);
    const readable = keys.filter(({ encrypted }) => encrypted !== undefined);
    const [closed] = folders.value.closed;
    if (readable.length === 0) {
      if (closed !== undefined) return unknown(closed, '.ssh');
      return keys.length === 0
        ? notApplicable()
        : unknown({ ok: false, why: 'forbidden', detail: '' }, keys[0]?.path ?? '.ssh');
    }
    const evidence = readable.map(({ path, encrypted }) => ({
      text: encrypted === true ? 'with a passphrase' : 'without a passphrase',
      place: path,
    }));
    const bare = readable.filter(({ encrypted }) => encrypted === false).map(({ path }) => path);
    if (bare.length === 0) return passed(evidence, { parameters: { count: readable.length } });
    const safe = bare.filter((path) => /^[\w./-]+$/.test(path));
    return failed(evidence, {
      points: 1,
      parameters: { paths: bare.join(', ') },
      ...(safe[0] === undefined ? {} : { command: `ssh-keygen -p -f ${safe[0]}` }),
    });
  },
};

export const sshKeyChecks: readonly Check[] = [authorizedKeys, keysPrivate, passphrases];
