import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { EXPORT_MASKS, type ExportMask } from '../../src-preload/contract/limits.ts';
import type { LogLine } from '../../src-preload/contract/logs.ts';
import type { MaskingRule } from '../../src-preload/contract/masking.ts';
import type { Settings } from '../../src-preload/contract/settings.ts';
import { Redactor } from './diagnose/bundle/redaction.ts';
import { systemClock } from './flow/clock.ts';
import { splitLines } from './flow/line-batch.ts';
import { FailureError } from './flow/failure.ts';
import { FIELD } from './flow/parsed-batch.ts';
import { createLineParser } from './parse/line-parser.ts';
import { createMasker, type Masker } from './parse/mask.ts';
import { SignInLines } from './report-sign-ins.ts';
import { openReadable } from './store/database.ts';
import { stateMigrations } from './store/migrations/state/index.ts';
import { storedSettings } from './stored-settings.ts';

/** What an installation masks with: the key of its pseudonyms and the user's own rules. */
export interface ExportMasking {
  key: string;
  rules: readonly MaskingRule[];
  /** Users that lines name, where a format has a place for them or a rule about sign-ins knows one. */
  usersIn: (lines: string[]) => Iterable<string>;
}

type BundleMasking = Pick<ExportMasking, 'key' | 'rules'>;

/** Where the rules about sign-ins lie, ours and the user's. */
interface Places {
  resources: string;
  dataDirectory: string;
}

/** Rules are read when the first lines are looked at. */
function usersInWith(places: Places): ExportMasking['usersIn'] {
  const signIns = new SignInLines(systemClock, places);
  return (lines) => signIns.usersIn(lines);
}

/** Masking with the settings of the moment. */
export interface Masking {
  masker: () => Masker;
  /** Key of the pseudonyms. */
  key: string;
  forExport: () => ExportMasking;
}

export function maskingWith(settings: () => Settings['masking'], key: string, places: Places): Masking {
  const usersIn = usersInWith(places);
  return {
    masker: () => createMasker({ ...settings(), key }),
    key,
    forExport: () => ({ key, rules: settings().rules, usersIn }),
  };
}

/** A redactor for exported lines: secrets and the user's rules always, personal data as asked. */
export function exportRedactor(masking: BundleMasking, kinds: readonly ExportMask[]): Redactor {
  return redactorOf(masking, new Set(kinds), 'all');
}

/** A redactor for a bundle. Addresses of attackers are what it is about: they stay unless it is asked otherwise. */
export function bundleRedactor(masking: BundleMasking, { addresses }: { addresses: boolean }): Redactor {
  return redactorOf(masking, new Set(EXPORT_MASKS), addresses ? 'all' : 'inside');
}

function redactorOf(
  { key, rules }: BundleMasking,
  kinds: ReadonlySet<ExportMask>,
  addresses: 'inside' | 'all',
): Redactor {
  const masker = createMasker({ secrets: true, users: false, key, rules });
  const accounts = accountsOf();
  return new Redactor({
    key,
    hostName: hostname(),
    userNames: accounts.people,
    systemNames: accounts.system,
    kinds,
    addresses,
    maskSecrets: (text) => masker.preview(text),
  });
}

/** Lines as they may leave. Names that some of them give as a user's are replaced in all of them, and from then on. */
export function redactLines(
  redactor: Redactor,
  lines: readonly LogLine[],
  usersIn: ExportMasking['usersIn'],
): LogLine[] {
  for (const name of usersIn(lines.map(({ text }) => text))) redactor.learn(name);
  return lines.map((line) => ({
    ...line,
    sourceId: redactor.text(line.sourceId),
    text: redactor.text(line.text),
    ...(line.address === undefined ? {} : { address: redactor.text(line.address) }),
  }));
}

/** Users that the lines name where their format says so. */
export function usersOf(lines: readonly LogLine[]): string[] {
  const text = lines.map((line) => line.text.replaceAll('\n', ' ')).join('\n');
  const batch = createLineParser({ clock: systemClock }).parse(splitLines('', 0, 0, Buffer.from(text)));
  return Array.from({ length: batch.count }, (_, line) => batch.field(line, FIELD.user) ?? '').filter(
    (name) => name !== '' && name !== '-',
  );
}

/**
 * What a data directory masks with, whether an engine runs on it or not; nothing is written. Where there is no key yet,
 * pseudonyms are the same within one run only.
 */
export function storedMasking(places: Places, managedSettings: string): ExportMasking {
  const { dataDirectory } = places;
  const { masking } = storedSettings(dataDirectory, managedSettings);
  const key = storedKey(dataDirectory) ?? randomBytes(32).toString('hex');
  return { key, rules: masking.rules, usersIn: usersInWith(places) };
}

function storedKey(dataDirectory: string): string | undefined {
  const path = join(dataDirectory, 'state.db');
  if (!existsSync(path)) return undefined;
  try {
    const database = openReadable(path, stateMigrations);
    const kept = database.query<[string], { value: string }>('SELECT value FROM meta WHERE name = ?');
    const key = kept.get('masking.key')?.value;
    database.close();
    return key;
  } catch (error) {
    // Of another version: what is exported is masked all the same, with a key of its own.
    if (error instanceof FailureError) return undefined;
    throw error;
  }
}

/** People's accounts and the system's; the system's names are words that everybody knows. */
function accountsOf(): { people: string[]; system: Set<string> } {
  const people = [userInfo().username];
  const system = new Set([
    'root',
    'admin',
    'administrator',
    'system',
    'guest',
    'nobody',
    'invalid',
    'unknown',
  ]);
  let accounts = '';
  try {
    accounts = readFileSync('/etc/passwd', 'utf8');
  } catch {
    // Other systems: only the own account is known.
  }
  for (const line of accounts.split('\n')) {
    const [name = '', , uid = ''] = line.split(':');
    const number = Number(uid);
    if (name === '' || !/^\d+$/.test(uid)) continue;
    if (number >= 1000 && number < 65_534) people.push(name);
    else system.add(name.toLowerCase());
  }
  return { people, system };
}
