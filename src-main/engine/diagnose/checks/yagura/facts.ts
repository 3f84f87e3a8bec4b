import type { AuditVerification } from '../../../../../src-preload/contract/audit.ts';
import type { CheckVerdict } from '../../check.ts';
import type { CheckFacts } from '../../examination.ts';
import type { ProbeAnswer } from '../../host-probe.ts';

/** What Yagura can tell of itself, by name. */
export interface YaguraFactTable {
  /** SQLite's quick check of state.db and the newest partitions, and files that were set aside as damaged before. */
  integrity: { files: { path: string; problem?: string | undefined }[]; setAside: string[]; skipped: number };
  /** Attacks of our own making, put through the rules in force: which types were found, and what harmless lines set off. */
  detection: { found: string[]; missed: string[]; falseAlarms: string[] };
  /** Detection rules in force, and files or rules that could not be used. */
  rules: { loaded: number; problems: string[] };
  /** Backups in the data directory. */
  backups: { newestAt?: number | undefined; count: number };
  /** Files of the data directory that others than their owner may touch. */
  directory: { path: string; open: { path: string; mode: number }[]; looked: number };
  space: { freeBytes: number; totalBytes: number; usedBytes: number };
  masking: { secrets: boolean; users: boolean };
  /** Log sources that are on. */
  sources: { name: string; seen: boolean; lastSeenAt?: number | undefined }[];
  /** Bounded queues that let something go since the start. */
  drops: { queues: { name: string; dropped: number }[]; looked: number };
  /** What the settings keep, by class of logs. */
  retention: { name: string; days: number; maxBytes: number }[];
  audit: AuditVerification;
}
export type YaguraFactName = keyof YaguraFactTable;

/** The engine seen from a check: everything asked for may be missing, where no engine runs or nothing is configured. */
export interface YaguraFacts {
  /** UTC milliseconds. */
  readonly now: number;
  ask<Name extends YaguraFactName>(name: Name): Promise<ProbeAnswer<YaguraFactTable[Name]>>;
}

/** A check of Yagura itself. Words as for checks of the host. */
export interface YaguraCheck extends CheckFacts {
  look(facts: YaguraFacts): Promise<CheckVerdict>;
}
