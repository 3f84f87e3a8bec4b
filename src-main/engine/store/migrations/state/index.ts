import type { Migration } from '../../database.ts';
import { basics } from './010-basics.ts';
import { settingsChanges } from './015-settings-changes.ts';
import { findings } from './020-findings.ts';
import { alerts } from './030-alerts.ts';
import { audit } from './035-audit.ts';
import { reports } from './050-reports.ts';
import { diagnoses } from './060-diagnoses.ts';
import { findingPages } from './070-finding-pages.ts';

/** Oldest first; a new one is a new file and a line here. */
export const stateMigrations: readonly Migration[] = [
  basics,
  settingsChanges,
  findings,
  alerts,
  audit,
  reports,
  diagnoses,
  findingPages,
];
