import { z } from 'zod';
import type { ReportInfo } from '../../../../src-preload/contract/reports.ts';
import type { WritableDatabase } from '../database.ts';
import type { KeptSchedule, ReportIndex, ScheduleMemory } from '../types.ts';

interface ContentRow {
  content: string;
}

/** Which reports there are, in state.db. */
export class StateReports implements ReportIndex {
  readonly #database: WritableDatabase;

  constructor(database: WritableDatabase) {
    this.#database = database;
  }

  list(): ReportInfo[] {
    return this.#database
      .query<[], ContentRow>('SELECT content FROM reports ORDER BY created DESC, id DESC')
      .all()
      .map(parsedReport);
  }

  find(id: string): ReportInfo | undefined {
    const row = this.#database
      .query<[string], ContentRow>('SELECT content FROM reports WHERE id = ?')
      .get(id);
    return row === undefined ? undefined : parsedReport(row);
  }

  save(info: ReportInfo): void {
    this.#database
      .command<[string, number, string]>('INSERT INTO reports (id, created, content) VALUES (?, ?, ?)')
      .run(info.id, info.createdAt, JSON.stringify(info));
  }

  remove(id: string): void {
    this.#database.command<[string]>('DELETE FROM reports WHERE id = ?').run(id);
  }
}

/** Written by `save` above alone: enough is checked to tell it from anything else. */
function parsedReport(row: ContentRow): ReportInfo {
  const value: unknown = JSON.parse(row.content);
  if (isReport(value)) return value;
  throw new TypeError('reports.content holds no report');
}

function isReport(value: unknown): value is ReportInfo {
  return typeof value === 'object' && value !== null && 'contentHash' in value && 'files' in value;
}

const keptScheduleSchema = z.object({
  plan: z.string(),
  coveredUntil: z.number(),
  lastSentAt: z.number().optional(),
  lastFile: z.string().optional(),
  undelivered: z.string().optional(),
});

/** How far scheduled reports have come, in state.db. */
export class StateSchedules implements ScheduleMemory {
  readonly #database: WritableDatabase;

  constructor(database: WritableDatabase) {
    this.#database = database;
  }

  get(name: string): KeptSchedule | undefined {
    const row = this.#database
      .query<[string], ContentRow>('SELECT content FROM report_schedules WHERE name = ?')
      .get(name);
    return row === undefined ? undefined : keptScheduleSchema.parse(JSON.parse(row.content));
  }

  set(name: string, kept: KeptSchedule): void {
    this.#database
      .command<[string, string]>(
        'INSERT INTO report_schedules (name, content) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET content = excluded.content',
      )
      .run(name, JSON.stringify(kept));
  }

  keepOnly(names: string[]): void {
    this.#database
      .command<[string]>('DELETE FROM report_schedules WHERE name NOT IN (SELECT value FROM json_each(?))')
      .run(JSON.stringify(names));
  }
}
