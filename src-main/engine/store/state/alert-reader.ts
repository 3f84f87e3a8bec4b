import type { Alert } from '../../../../src-preload/contract/alerts.ts';
import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { ReadableDatabase } from '../database.ts';
import { parsedAlert } from './alerts.ts';

/** Queries of reports; a test pins them to their index. */
const ALERT_READER_QUERIES = {
  fired:
    'SELECT content FROM alerts WHERE fired IS NOT NULL AND fired >= ? AND fired < ? ORDER BY fired DESC, id DESC',
  openAt:
    'SELECT content FROM alerts WHERE fired IS NOT NULL AND fired < ? AND (resolved IS NULL OR resolved >= ?) ORDER BY fired',
} as const;

/** What reports ask of the alerts in state.db. Reads only. */
export class AlertReader {
  readonly #database: ReadableDatabase;

  constructor(database: ReadableDatabase) {
    this.#database = database;
  }

  /** Alerts that fired within the range, newest first: all of them. */
  fired(range: TimeRange): Alert[] {
    return this.#database
      .query<[number, number], { content: string }>(ALERT_READER_QUERIES.fired)
      .all(range.from, range.to)
      .map((row) => parsedAlert(row).alert);
  }

  /** Alerts that were firing at a time, whenever they began; oldest first. */
  openAt(time: number): Alert[] {
    return this.#database
      .query<[number, number], { content: string }>(ALERT_READER_QUERIES.openAt)
      .all(time, time)
      .map((row) => parsedAlert(row).alert);
  }
}
