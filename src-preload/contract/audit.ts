import { z } from 'zod';
import { call, type, type Time } from './shared.ts';

/** Everything a person changes, by what was done. Words: `audit.action.<action>`. */
export const AUDIT_ACTIONS = [
  'settingChanged',
  'receiverTokenMade',
  'alertAcknowledged',
  'alertResolved',
  'reportMade',
  'reportRemoved',
  'bundleMade',
  'bundleOpened',
  'logsExported',
  'logsIngested',
  'logsArchived',
  'archiveDeleted',
  'archiveKeySaved',
  'archiveRestored',
  /** By Yagura itself: a head recorded earlier was not in the chain any more when the engine started. */
  'chainBroken',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** A link of the chain: its hash covers itself and, through `previous`, all before it. */
export interface AuditEntry {
  /** 1, 2, 3 … without a gap. */
  number: number;
  time: Time;
  /** `operator`, `file` (the settings file was edited), `schedule`, `terminal`, `yagura`. */
  actor: string;
  action: AuditAction;
  /** What it was done to: a settings path, an alert's id. */
  subject: string;
  /** Never a secret. */
  details: Record<string, unknown>;
  /** SHA-256, hexadecimal. */
  previous: string;
  hash: string;
}

export interface AuditHead {
  /** 0 while there is no entry. */
  number: number;
  hash: string;
}

export const AUDIT_FAULTS = ['edited', 'missing', 'reordered', 'truncated', 'anchor'] as const;

/** What a verification found. */
export interface AuditFault {
  /**
   * `edited`: the content does not fit its hash. `missing`: a number is not there. `reordered`: does not follow the
   * entry before it. `truncated`: the chain ends before a head that was recorded or printed. `anchor`: the recorded
   * head is another one than this chain had.
   */
  kind: (typeof AUDIT_FAULTS)[number];
  /** Number of the entry. */
  number: number;
}

export interface AuditVerification {
  intact: boolean;
  entries: number;
  head: AuditHead;
  /** At most 100. */
  faults: AuditFault[];
}

export const auditContract = {
  /** Newest first; `before` is an entry's number. */
  list: call
    .input(
      z.object({
        before: z.number().int().min(1).optional(),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(type<{ entries: AuditEntry[]; total: number }>()),
  verify: call.output(type<AuditVerification>()),
};
