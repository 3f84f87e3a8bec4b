import type { WritableDatabase } from '../database.ts';

/** One changed field as it is kept. */
export interface KeptSettingsChange {
  time: number;
  path: string;
  before: unknown;
  after: unknown;
  by: string;
}

/** Keeps changes of one save together: all or none. */
export function keepSettingsChanges(database: WritableDatabase, changes: KeptSettingsChange[]): void {
  const insert = database.command<[number, string, string | null, string | null, string]>(
    'INSERT INTO settings_changes (time, path, before, after, by) VALUES (?, ?, ?, ?, ?)',
  );
  database.transaction(() => {
    for (const { time, path, before, after, by } of changes)
      insert.run(time, path, toJson(before), toJson(after), by);
  });
}

function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
