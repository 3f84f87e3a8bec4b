import type { Check } from '../../check.ts';
import type { HostProbe } from '../../host-probe.ts';
import { failed, notApplicable, passed, unknown, unreadable } from '../../verdict.ts';
import { canSignIn, isPerson, PASSWD, readAccounts, type Account } from './accounts-file.ts';
import { clockOf } from './host-clock.ts';

const CIS = 'CIS Debian Linux 12 Benchmark';
const SHADOW = '/etc/shadow';
const DAYS = 90;
const DAY_MS = 86_400_000;
const common = { subject: 'accounts', score: 'security' } as const;

const superusers: Check = {
  ...common,
  id: 'ACC-01',
  weight: 8,
  severity: 'critical',
  minutes: 5,
  references: [CIS, 'NIST SP 800-53 AC-6'],
  async look(host) {
    const accounts = await readAccounts(host);
    if (!accounts.ok) return unknown(accounts, PASSWD);
    const roots = accounts.value.filter(({ uid }) => uid === 0);
    const evidence = roots.map(({ name, place }) => ({ text: `${name} uid 0`, place }));
    const others = roots.filter(({ name }) => name !== 'root').map(({ name }) => name);
    if (others.length > 0) return failed(evidence, { parameters: { names: others.join(', ') } });
    return evidence.length > 0 ? passed(evidence) : unreadable(PASSWD, 'no account has uid 0');
  },
};

const emptyPasswords: Check = {
  ...common,
  id: 'ACC-02',
  weight: 9,
  severity: 'critical',
  minutes: 2,
  references: [CIS, 'NIST SP 800-53 IA-5'],
  async look(host) {
    // An empty field in passwd(5) itself asks for no password, and everybody may read it.
    const passwd = await host.read(PASSWD);
    const bare = passwd.ok
      ? passwd.value
          .split('\n')
          .filter((line) => /^[^:#]+::/.test(line))
          .map((line) => line.split(':')[0] ?? '')
      : [];
    if (bare.length > 0)
      return failed(
        bare.map((name) => ({ text: `${name}: empty password`, place: PASSWD })),
        { parameters: { names: bare.join(', ') } },
      );
    const shadow = await host.read(SHADOW);
    if (!shadow.ok) return unknown(shadow, SHADOW);
    const lines = shadow.value.split('\n').filter((line) => line.includes(':'));
    const empty = lines.filter((line) => line.split(':')[1] === '').map((line) => line.split(':')[0] ?? '');
    if (empty.length === 0)
      return passed([{ text: `${lines.length} accounts, none without a password`, place: SHADOW }]);
    // The line itself would show the others' hashes.
    return failed(
      empty.map((name) => ({ text: `${name}: empty password`, place: SHADOW })),
      { parameters: { names: empty.join(', ') } },
    );
  },
};

const duplicates: Check = {
  ...common,
  id: 'ACC-03',
  weight: 3,
  severity: 'error',
  minutes: 10,
  references: [CIS],
  async look(host) {
    const accounts = await readAccounts(host);
    if (!accounts.ok) return unknown(accounts, PASSWD);
    const repeated = accounts.value.filter(
      (account, index, all) =>
        all.findIndex(({ uid, name }) => uid === account.uid || name === account.name) !== index,
    );
    if (repeated.length === 0)
      return passed([{ text: `${accounts.value.length} accounts, each with its own uid`, place: PASSWD }]);
    return failed(
      repeated.map(({ name, uid, place }) => ({ text: `${name} uid ${uid}`, place })),
      { parameters: { names: repeated.map(({ name }) => name).join(', ') } },
    );
  },
};

const serviceShells: Check = {
  ...common,
  id: 'ACC-04',
  weight: 3,
  severity: 'warning',
  minutes: 5,
  references: [CIS],
  async look(host) {
    const accounts = await readAccounts(host);
    if (!accounts.ok) return unknown(accounts, PASSWD);
    const services = accounts.value.filter((account) => account.uid !== 0 && !isPerson(account));
    const open = services.filter(canSignIn);
    if (open.length === 0)
      return passed([{ text: `${services.length} service accounts without a shell`, place: PASSWD }]);
    return failed(
      open.map(({ name, shell, place }) => ({ text: `${name} ${shell}`, place })),
      { points: 1, parameters: { names: open.map(({ name }) => name).join(', ') } },
    );
  },
};

const unused: Check = {
  ...common,
  id: 'ACC-05',
  weight: 3,
  severity: 'warning',
  minutes: 10,
  references: [CIS, 'NIST SP 800-53 AC-2'],
  async look(host) {
    const accounts = await readAccounts(host);
    if (!accounts.ok) return unknown(accounts, PASSWD);
    const people = accounts.value.filter((account) => isPerson(account) && canSignIn(account));
    if (people.length === 0) return notApplicable();
    const command = `lastlog -b ${DAYS}`;
    const answer = await host.run('lastlog', ['-b', String(DAYS)]);
    if (!answer.ok) return unknown(answer, command);
    if (answer.value.exitCode !== 0) return unreadable(command, answer.value.stderr);
    const old = new Set(answer.value.stdout.split('\n').map((line) => line.split(/\s+/)[0] ?? ''));
    const idle: Account[] = [];
    for (const person of people.filter(({ name }) => old.has(name)))
      if (!(await livesIn(host, person))) idle.push(person);
    if (idle.length === 0)
      return passed([{ text: `${people.length} accounts of people in use`, place: command }]);
    return failed(
      idle.map(({ name }) => ({ text: `${name}: no sign-in for ${DAYS} days`, place: command })),
      { points: 1, parameters: { names: idle.map(({ name }) => name).join(', '), days: DAYS } },
    );
  },
};

/** What a session leaves in a home. Sign-in screens of desktops don't tell lastlog. */
const TRACES = [
  '',
  '/.cache',
  '/.config',
  '/.local/share',
  '/.bash_history',
  '/.zsh_history',
  '/.Xauthority',
];

/** Something in the home changed within the days; a home that can't be looked into says nothing. */
async function livesIn(host: HostProbe, { home }: Account): Promise<boolean> {
  const now = await clockOf(host);
  if (!now.ok) return false;
  for (const trace of TRACES) {
    const file = await host.stat(`${home}${trace}`);
    if (file.ok && now.value - file.value.modifiedAt < DAYS * DAY_MS) return true;
  }
  return false;
}

/** Rules of sudo that ask for no password, with where they stand. */
const passwordlessSudo: Check = {
  ...common,
  id: 'ACC-06',
  weight: 5,
  severity: 'error',
  minutes: 5,
  references: [CIS, 'sudoers(5)', 'NIST SP 800-53 IA-11'],
  async look(host) {
    const main = await host.read('/etc/sudoers');
    if (!main.ok) return main.why === 'absent' ? notApplicable() : unknown(main, '/etc/sudoers');
    const names = await host.list('/etc/sudoers.d');
    if (!names.ok && names.why !== 'absent') return unknown(names, '/etc/sudoers.d');
    const evidence = [];
    const paths = names.ok ? names.value.filter(isTaken).map((name) => `/etc/sudoers.d/${name}`) : [];
    for (const path of ['/etc/sudoers', ...paths]) {
      const file = path === '/etc/sudoers' ? main : await host.read(path);
      if (!file.ok) return unknown(file, path);
      for (const [index, line] of file.value.split('\n').entries()) {
        const rule = line.replace(/#.*$/, '').trim();
        if (/\bNOPASSWD\s*:|!\s*authenticate\b/.test(rule))
          evidence.push({ text: rule, place: `${path}:${index + 1}` });
      }
    }
    if (evidence.length > 0) return failed(evidence, { parameters: { count: evidence.length } });
    return passed([
      { text: `${paths.length + 1} files, every rule asks for a password`, place: '/etc/sudoers' },
    ]);
  },
};

/** sudo leaves out names with a dot or a tilde at the end: sudoers(5). */
function isTaken(name: string): boolean {
  return !name.includes('.') && !name.endsWith('~');
}

const homes: Check = {
  ...common,
  id: 'ACC-07',
  weight: 3,
  severity: 'warning',
  minutes: 2,
  references: [CIS],
  async look(host) {
    const accounts = await readAccounts(host);
    if (!accounts.ok) return unknown(accounts, PASSWD);
    const people = accounts.value.filter((account) => isPerson(account) && canSignIn(account));
    const evidence = [];
    const open: Account[] = [];
    for (const account of people) {
      const home = await host.stat(account.home);
      // An account without a home has nothing that could be open.
      if (!home.ok && home.why === 'absent') continue;
      if (!home.ok) return unknown(home, account.home);
      const mode = (home.value.mode & 0o777).toString(8).padStart(4, '0');
      evidence.push({ text: `${account.name} ${mode}`, place: account.home });
      if ((home.value.mode & 0o027) !== 0) open.push(account);
    }
    if (evidence.length === 0) return notApplicable();
    if (open.length === 0) return passed(evidence);
    const safe = open.map(({ home }) => home).filter((home) => /^[\w./-]+$/.test(home));
    return failed(evidence, {
      points: 1,
      parameters: { names: open.map(({ name }) => name).join(', ') },
      ...(safe.length > 0 ? { command: `chmod 750 ${safe.join(' ')}` } : {}),
    });
  },
};

export const accountChecks: readonly Check[] = [
  superusers,
  emptyPasswords,
  duplicates,
  serviceShells,
  unused,
  passwordlessSudo,
  homes,
];
