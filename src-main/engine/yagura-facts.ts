import { statfs } from 'node:fs/promises';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuleFileProblem } from '../../src-preload/contract/threats.ts';
import type { Settings } from '../../src-preload/contract/settings.ts';
import type { QueueState, SourceHealth } from '../../src-preload/contract/system.ts';
import type { YaguraFactName, YaguraFacts, YaguraFactTable } from './diagnose/checks/yagura/facts.ts';
import type { ProbeAnswer } from './diagnose/host-probe.ts';
import { classifiedError } from './diagnose/probe/failure.ts';
import { SelfCheck } from './self-check.ts';

export interface YaguraFactSources {
  dataDirectory: string;
  resources: string;
  /** File of `threads/self-check`, resolved by the entry. */
  threadFile: string | URL;
  now: () => number;
  settings: () => Settings;
  rules: () => { loaded: number; problems: RuleFileProblem[] };
  /** Undefined where no engine watches: a diagnosis from the terminal. */
  watching: (() => { sources: SourceHealth[]; queues: QueueState[] }) | undefined;
}

/** Files of a data directory that are looked at; a year of partitions of three classes and metrics. */
const MAX_FILES = 5000;
/** Bits that let others than the owner in. */
const OTHERS = 0o077;

type Answers = { [Name in YaguraFactName]: () => Promise<ProbeAnswer<YaguraFactTable[Name]>> };

/**
 * What Yagura knows of itself, for one run of the diagnosis.
 * @param signal ends what is under way
 */
export function yaguraFacts(from: YaguraFactSources, signal: AbortSignal): YaguraFacts {
  const { dataDirectory, resources, threadFile } = from;
  const data = { directory: dataDirectory, resources, userRules: join(dataDirectory, 'rules') };
  const selfCheck = new SelfCheck(threadFile, data, signal);
  const answers: Answers = {
    audit: () => selfCheck.ask('audit'),
    integrity: () => selfCheck.ask('integrity'),
    detection: () => selfCheck.ask('detection'),
    rules: () => known(() => rulesOf(from)),
    backups: () => answered(backupsIn(dataDirectory)),
    directory: () => answered(openFiles(dataDirectory)),
    space: () => answered(spaceOf(dataDirectory)),
    masking: () => known(() => from.settings().masking),
    retention: () => known(() => retentionOf(from.settings())),
    sources: () => watched(from, sourcesOf),
    drops: () => watched(from, dropsOf),
  };
  return { now: from.now(), ask: (name) => answers[name]() };
}

function known<Value>(value: () => Value): Promise<ProbeAnswer<Value>> {
  return Promise.resolve({ ok: true, value: value() });
}

async function answered<Value>(work: Promise<Value>): Promise<ProbeAnswer<Value>> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    return classifiedError(error);
  }
}

type Watching = ReturnType<NonNullable<YaguraFactSources['watching']>>;

function watched<Value>(
  { watching }: YaguraFactSources,
  of: (watching: Watching) => Value,
): Promise<ProbeAnswer<Value>> {
  if (watching === undefined) return Promise.resolve({ ok: false, why: 'absent', detail: '' });
  return known(() => of(watching()));
}

function sourcesOf({ sources }: Watching): YaguraFactTable['sources'] {
  return sources
    .filter((source) => source.kind !== 'host')
    .map(({ name, state, lastSeenAt }) => ({ name, seen: state === 'ok', lastSeenAt }));
}

function dropsOf({ queues }: Watching): YaguraFactTable['drops'] {
  const dropped = queues.filter((queue) => queue.dropped > 0);
  return {
    queues: dropped.map(({ name, dropped: count }) => ({ name, dropped: count })),
    looked: queues.length,
  };
}

function rulesOf({ rules }: YaguraFactSources): YaguraFactTable['rules'] {
  const { loaded, problems } = rules();
  return { loaded, problems: problems.map(({ file, line, field }) => `${file}:${line} ${field}`) };
}

function retentionOf({ retention }: Settings): YaguraFactTable['retention'] {
  const { application, access, audit } = retention;
  return Object.entries({ application, access, audit }).map(([name, kept]) => ({ name, ...kept }));
}

async function backupsIn(dataDirectory: string): Promise<YaguraFactTable['backups']> {
  const directory = join(dataDirectory, 'backups');
  const names = await readdir(directory);
  const times = await Promise.all(
    names.slice(0, MAX_FILES).map(async (name) => (await lstat(join(directory, name))).mtimeMs),
  );
  const newestAt = times.length === 0 ? undefined : Math.max(...times);
  return { newestAt, count: times.length };
}

async function openFiles(path: string): Promise<YaguraFactTable['directory']> {
  // Windows has no such bits: files below the user's profile are private by inheritance.
  if (process.platform === 'win32') throw Object.assign(new Error(path), { code: 'ENOTSUP' });
  const names = ['', ...(await readdir(path, { recursive: true })).slice(0, MAX_FILES)];
  const open: YaguraFactTable['directory']['open'] = [];
  for (const name of names) {
    const file = join(path, name);
    const mode = await modeOf(file);
    if (mode !== undefined && (mode & OTHERS) !== 0) open.push({ path: file, mode });
  }
  // What lies in a directory that is closed can't be reached, whatever its own bits say.
  const closed = !open.some((file) => file.path === join(path, ''));
  return { path, open: closed ? [] : open, looked: names.length };
}

/** Undefined for links and for what went away meanwhile. */
async function modeOf(file: string): Promise<number | undefined> {
  try {
    const state = await lstat(file);
    return state.isSymbolicLink() ? undefined : state.mode & 0o777;
  } catch (error) {
    if (classifiedError(error).why === 'absent') return undefined;
    throw error;
  }
}

async function spaceOf(path: string): Promise<YaguraFactTable['space']> {
  const { bavail, blocks, bfree, bsize } = await statfs(path);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, usedBytes: (blocks - bfree) * bsize };
}
