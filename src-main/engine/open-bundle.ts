import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import type { BundleManifest, BundlePart } from '../../src-preload/contract/bundle.ts';
import { LOG_CLASSES, type LogClass } from '../../src-preload/contract/log-classes.ts';
import type { Message } from '../../src-preload/contract/shared.ts';
import { unpack } from './diagnose/bundle/archive.ts';
import { decrypt, isEncrypted } from './diagnose/bundle/encryption.ts';
import {
  alertRecord,
  diagnosisRecord,
  findingRecord,
  lineRecord,
  seriesRecord,
  type LineRecord,
} from './diagnose/bundle/records.ts';
import type { AuditTrail } from './flow/audit-trail.ts';
import { systemClock } from './flow/clock.ts';
import { FailureError } from './flow/failure.ts';
import { addressColumns, type StoredLines } from './flow/stored-lines.ts';
import { takeDirectory } from './store/data-directory.ts';
import { openMetricStore } from './store/metrics/metric-store.ts';
import { StateAlerts } from './store/state/alerts.ts';
import { StateDiagnoses } from './store/state/diagnoses.ts';
import { FindingStore } from './store/state/findings.ts';
import { openState } from './store/state/state-database.ts';
import { openLogStore } from './store/write/log-writer.ts';

/** In a directory that a bundle was unpacked into: the bundle's manifest. */
export const OPENED_FILE = 'bundle.json';
export const openedSchema = z.object({
  host: z.string(),
  createdAt: z.number(),
  range: z.object({ from: z.number(), to: z.number() }),
});
const MAX_FILE_BYTES = 512 * 1024 * 1024;
const DAY_MS = 86_400_000;
/** Records put into a store between two looks at what else waits. */
const STEP = 1000;

export interface OpenBundleOptions {
  path: string;
  passphrase: string | undefined;
  /** Folder for opened bundles, each in a directory of its own. */
  into: string;
}

/** As {@link openBundle}, below a data directory, and taken down as something a person did. */
export async function openForReading(
  path: string,
  passphrase: string | undefined,
  dataDirectory: string,
  audit: AuditTrail,
): Promise<{ directory: string; manifest: BundleManifest }> {
  const opened = await openBundle({ path, passphrase, into: join(dataDirectory, 'opened') });
  const { host, createdAt, range } = opened.manifest;
  audit.record({
    actor: 'operator',
    action: 'bundleOpened',
    subject: path,
    details: { host, createdAt, ...range },
  });
  return opened;
}

/**
 * Unpacks what another copy handed over into a data directory that an engine in `bundle` mode shows: through the stores'
 * own writers, so that every screen reads it as it reads its own.
 * @throws FailureError NOT_FOUND, BAD_INPUT
 */
export async function openBundle(
  options: OpenBundleOptions,
): Promise<{ directory: string; manifest: BundleManifest }> {
  const { manifest, files } = await readBundle(options);
  clearOpened(options.into);
  const directory = join(options.into, randomUUID());
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    await fill(directory, files);
    writeFileSync(join(directory, OPENED_FILE), JSON.stringify(manifest), { mode: 0o600 });
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
  return { directory, manifest };
}

async function readBundle({ path, passphrase }: OpenBundleOptions): Promise<{
  manifest: BundleManifest;
  files: Map<string, Uint8Array>;
}> {
  let content: Buffer;
  try {
    if ((await stat(path)).size > MAX_FILE_BYTES) throw fault('tooLarge');
    content = await readFile(path);
  } catch (error) {
    if (error instanceof FailureError) throw error;
    const message = { key: 'bundle.fault.unreadable', parameters: { path } };
    throw new FailureError({ kind: 'NOT_FOUND', message, field: 'path', cause: error });
  }
  if (isEncrypted(content)) {
    if (passphrase === undefined || passphrase === '') throw fault('passphraseWanted', {}, 'passphrase');
    const decrypted = await decrypt(content, passphrase);
    if (decrypted === undefined) throw fault('passphraseWrong', {}, 'passphrase');
    content = decrypted;
  }
  const unpacked = unpack(content);
  if (unpacked.ok) return unpacked;
  const { kind, ...parameters } = unpacked.fault;
  throw fault(kind, parameters);
}

function fault(kind: string, parameters: Message['parameters'] = {}, field = 'path'): FailureError {
  return new FailureError({
    kind: 'BAD_INPUT',
    message: { key: `bundle.fault.${kind}`, parameters },
    field,
  });
}

/** Bundles opened before that nobody looks at any more: an engine that shows one holds its directory. */
function clearOpened(into: string): void {
  let names: string[];
  try {
    names = readdirSync(into);
  } catch {
    return; // None was opened yet.
  }
  for (const name of names) {
    const directory = join(into, name);
    try {
      takeDirectory(directory, systemClock.now()).release();
    } catch {
      continue;
    }
    rmSync(directory, { recursive: true, force: true });
  }
}

async function fill(directory: string, files: Map<string, Uint8Array>): Promise<void> {
  const onProblem = (): void => undefined; // Everything here is new; there is nothing to be damaged.
  const database = openState(directory, { clock: systemClock, onProblem });
  try {
    const findings = new FindingStore(database);
    for await (const some of records(files, 'findings', findingRecord))
      database.transaction(() => findings.accept(some));
    const diagnoses = new StateDiagnoses(database);
    for await (const some of records(files, 'diagnosis', diagnosisRecord))
      for (const diagnosis of some) diagnoses.keep(diagnosis);
    const alerts = new StateAlerts(database);
    for await (const some of records(files, 'alerts', alertRecord)) {
      alerts.transaction(() => {
        for (const { alert, events } of some) {
          alerts.save({ alert, group: alert.id, evidenceAt: alert.lastAt });
          for (const event of events) alerts.addEvent(alert.id, event);
        }
      });
    }
  } finally {
    database.close();
  }
  const metrics = openMetricStore({ directory, clock: systemClock, onProblem });
  for await (const some of records(files, 'metrics', seriesRecord)) {
    for (const { name, labels, unit, times, values } of some) {
      metrics.append(
        times.flatMap((time, index) => {
          const value = values[index];
          return value === null || value === undefined ? [] : [{ name, labels, unit, time, value }];
        }),
      );
    }
  }
  metrics.close();
  await fillLogs(directory, files);
}

/** Lines of one class, day and source, in the order of their times. */
async function fillLogs(directory: string, files: Map<string, Uint8Array>): Promise<void> {
  const groups = new Map<string, LineRecord[]>();
  for await (const some of records(files, 'logs', lineRecord)) {
    for (const line of some) {
      const day = Math.floor(line.time / DAY_MS);
      const key = JSON.stringify([classOf(line), day, line.sourceId]);
      groups.set(key, [...(groups.get(key) ?? []), line]);
    }
  }
  const store = openLogStore(directory, { clock: systemClock, onProblem: () => undefined });
  const streams = new Map<string, { stream: number; offset: number }>();
  for (const lines of groups.values()) {
    lines.sort((a, b) => a.time - b.time);
    const sourceId = lines[0]?.sourceId ?? '';
    let at = streams.get(sourceId);
    if (at === undefined) {
      const identity = { sourceId, path: sourceId, fileId: '', fingerprint: '', fingerprintLength: 0 };
      at = { stream: store.identify(identity, true).stream, offset: 0 };
      streams.set(sourceId, at);
    }
    const stored = storedLines(lines, at);
    at.offset = (stored.offsets.at(-1) ?? 0) + 1;
    store.append(stored, at);
    await setImmediate();
  }
  store.close();
}

function classOf({ id }: LineRecord): LogClass {
  return LOG_CLASSES.find((name) => id.startsWith(`${name}/`)) ?? 'application';
}

/** Lines of one class, day and source as the store takes them. */
export function storedLines(lines: LineRecord[], at: { stream: number; offset: number }): StoredLines {
  const texts = lines.map(({ text }) => Buffer.from(text));
  const ends = new Uint32Array(lines.length);
  let end = 0;
  texts.forEach((text, index) => {
    end += text.length;
    ends[index] = end;
  });
  const first = lines[0];
  return {
    logClass: first === undefined ? 'application' : classOf(first),
    day: new Date(first?.time ?? 0).toISOString().slice(0, 10),
    sourceId: first?.sourceId ?? '',
    stream: at.stream,
    count: lines.length,
    times: Float64Array.from(lines, ({ time }) => time),
    levels: Uint8Array.from(lines, ({ level }) => level),
    offsets: Float64Array.from(lines, (_line, index) => at.offset + index),
    ...addressColumns(lines.map(({ address = '' }) => address)),
    patterns: new Uint32Array(lines.length),
    patternTable: [''],
    text: Buffer.concat(texts),
    textEnds: ends,
  };
}

/** The records of a part, some at a time. @throws FailureError BAD_INPUT with the line of one that does not fit */
async function* records<Schema extends z.ZodType>(
  files: Map<string, Uint8Array>,
  part: BundlePart,
  schema: Schema,
): AsyncGenerator<z.output<Schema>[]> {
  const name = `${part}.jsonl`;
  const lines = Buffer.from(files.get(name) ?? [])
    .toString('utf8')
    .split('\n');
  for (let from = 0; from < lines.length; from += STEP) {
    const some: z.output<Schema>[] = [];
    for (let at = from; at < Math.min(from + STEP, lines.length); at += 1) {
      const line = lines[at];
      if (line === undefined || line === '') continue;
      const read = schema.safeParse(jsonOf(line));
      if (!read.success) throw fault('record', { name, line: at + 1, field: fieldOf(read.error) });
      some.push(read.data);
    }
    yield some;
    await setImmediate();
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function fieldOf({ issues }: z.ZodError): string {
  return issues[0]?.path.map(String).join('.') ?? '';
}
