import type { Migration } from '../../database.ts';

/** Alerts with what happened to them, and where each rule's state machine stands. */
export const alerts: Migration = {
  version: 30,
  up(database) {
    database.execute(`
      CREATE TABLE alerts (
        id TEXT PRIMARY KEY,
        group_key TEXT NOT NULL,
        severity TEXT NOT NULL,
        since INTEGER NOT NULL,
        -- NULL while pending.
        fired INTEGER,
        -- NULL while pending or firing.
        resolved INTEGER,
        -- The alert and what the alert part keeps beside it, as JSON.
        content TEXT NOT NULL
      ) STRICT;
      -- One unresolved alert per group: the promise that repeats are grouped, kept by the database itself.
      CREATE UNIQUE INDEX alerts_unresolved ON alerts (group_key) WHERE resolved IS NULL;
      CREATE INDEX alerts_fired ON alerts (fired, id) WHERE fired IS NOT NULL;

      CREATE TABLE alert_events (
        alert TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        content TEXT NOT NULL,
        PRIMARY KEY (alert, number)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE alert_instances (
        rule TEXT NOT NULL,
        series TEXT NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (rule, series)
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
