import { z } from 'zod';
import { MAX_TEXT_LENGTH } from './limits.ts';
import { call, pushes, type, type Message, type Severity, type Time } from './shared.ts';

/** What a check is about; the list groups by it in this order. */
export const CHECK_SUBJECTS = [
  'accounts',
  'ssh',
  'passwords',
  'permissions',
  'firewall',
  'ports',
  'services',
  'kernel',
  'updates',
  'disk',
  'clock',
  'dns',
  'certificates',
  'logs',
  'yagura',
  'performance',
  'components',
] as const;
export type CheckSubject = (typeof CHECK_SUBJECTS)[number];

/** Which of the two scores a check's points go to. */
export type ScoreName = 'security' | 'performance';

/**
 * `unknown`: could not be seen (no permission, tool missing, no answer); never scored, lowers the coverage.
 * `notApplicable`: there is nothing to check (no SSH server on this machine); neither scored nor missed.
 */
export type CheckStatus = 'pass' | 'fail' | 'unknown' | 'notApplicable';

/** A raw fact a check rests on. Hostile text, masked. */
export interface CheckEvidence {
  text: string;
  /** Where it was found: `/etc/ssh/sshd_config:57`, `ss -tln`. */
  place?: string | undefined;
}

export interface CheckResult {
  /** Stable: `SSH-07`. Words: `checks.<id>.title`, `.why`, `.fix`. */
  id: string;
  subject: CheckSubject;
  score: ScoreName;
  status: CheckStatus;
  /** How bad a failure is. */
  severity: Severity;
  weight: number;
  /** Points reached, 0–weight: weight when passed, less when failed. 0 while unknown. */
  points: number;
  title: Message;
  /** What was found, in a few words. */
  found: Message;
  evidence: CheckEvidence[];
  /** Why it matters. */
  why: Message;
  /** What to do; absent when there is nothing to do. `command` can be copied as it stands. */
  fix?: { text: Message; command?: string | undefined } | undefined;
  /** e.g. `CIS Debian Linux 12 v1.1.0 5.1.20`, `NIST SP 800-53 IA-5`. */
  references: string[];
  /** Time a person needs to mend it, in minutes. */
  minutes: number;
}

/** points × 100 / maximum over the checks that ran. */
export interface Score {
  /** 0–100, rounded; null when nothing could be checked. */
  score: number | null;
  points: number;
  maximum: number;
  /** Checks that ran, and those that are unknown. */
  ran: number;
  unknown: number;
  /** Weight of the checks that ran as a share of all that apply, 0–1. */
  coverage: number;
}

export type Scores = Record<ScoreName, Score>;

export interface DiagnosisSummary {
  id: string;
  startedAt: Time;
  durationMs: number;
  scores: Scores;
  /** Over both scores, 0–1. */
  coverage: number;
  /** Checks by status; failed ones by severity as well. */
  counts: { pass: number; unknown: number; notApplicable: number; fail: Record<Severity, number> };
  /** Run with administrator's rights: some checks see more. */
  privileged: boolean;
  hostName: string;
  platform: string;
}

export interface Diagnosis extends DiagnosisSummary {
  checks: CheckResult[];
}

/** A failed check by what mending it would add to its score. */
export interface TopFix {
  checkId: string;
  score: ScoreName;
  /** Points the score (0–100) would gain. */
  gain: number;
  minutes: number;
}

/** One check whose result differs between two runs. */
export interface CheckDifference {
  checkId: string;
  title: Message;
  before: CheckStatus | undefined;
  after: CheckStatus | undefined;
  beforeSeverity?: Severity | undefined;
  afterSeverity?: Severity | undefined;
  /** What is found now. */
  found?: Message | undefined;
  /** Points gained (or lost, negative). */
  points: number;
}

export interface DiagnosisDifference {
  from: DiagnosisSummary;
  to: DiagnosisSummary;
  /** Worsened first. */
  changed: CheckDifference[];
  unchanged: number;
}

/** The run under way. */
export interface DiagnosisProgress {
  startedAt: Time;
  done: number;
  total: number;
  /** Checks just now looked at. */
  current: string[];
}

export interface DiagnosisState {
  running?: DiagnosisProgress | undefined;
  latest?: DiagnosisSummary | undefined;
}

const componentBase = {
  /** As people call it: `Order gateway`. */
  name: z.string().min(1).max(100),
  weight: z.number().int().min(1).max(10).default(3),
  severity: z.enum(['critical', 'error', 'warning']).default('error'),
  enabled: z.boolean().default(true),
};
const hostSchema = z.string().min(1).max(253);
const portSchema = z.number().int().min(1).max(65_535);
const timeoutMs = z.number().int().min(100).max(20_000).default(3000);

/** A check the user adds for a part of the trading system (I87). */
export const componentCheckSchema = z.discriminatedUnion('kind', [
  /** At least so many processes of that name run. */
  z.strictObject({
    kind: z.literal('process'),
    ...componentBase,
    process: z.string().min(1).max(255),
    atLeast: z.number().int().min(1).max(1000).default(1),
  }),
  /** Something listens on this port of this machine. */
  z.strictObject({ kind: z.literal('port'), ...componentBase, port: portSchema }),
  z.strictObject({
    kind: z.literal('http'),
    ...componentBase,
    url: z.url({ protocol: /^https?$/ }).max(MAX_TEXT_LENGTH),
    status: z.number().int().min(100).max(599).default(200),
    /** The answer's text contains this. */
    contains: z.string().max(1000).default(''),
    /** Slower than this fails, in milliseconds. */
    slowMs: z.number().int().min(1).max(20_000).default(1000),
    timeoutMs,
  }),
  z.strictObject({ kind: z.literal('tcp'), ...componentBase, host: hostSchema, port: portSchema, timeoutMs }),
  /** The certificate is trusted, is for that name, and lasts at least so many days. */
  z.strictObject({
    kind: z.literal('tls'),
    ...componentBase,
    host: hostSchema,
    port: portSchema.default(443),
    days: z.number().int().min(0).max(825).default(21),
    timeoutMs,
  }),
  /** A file was written within this time. */
  z.strictObject({
    kind: z.literal('fileAge'),
    ...componentBase,
    path: z.string().min(1).max(MAX_TEXT_LENGTH),
    maximumSeconds: z.number().int().min(1).max(31_536_000),
  }),
  /**
   * A program ends with this code. Run without a shell. Only the settings file can name a program: a screen may switch
   * such a check on and off, but not write one.
   */
  z.strictObject({
    kind: z.literal('command'),
    ...componentBase,
    program: z.string().min(1).max(MAX_TEXT_LENGTH),
    arguments: z.array(z.string().max(MAX_TEXT_LENGTH)).max(100).default([]),
    exitCode: z.number().int().min(0).max(255).default(0),
    /** The output contains this. */
    contains: z.string().max(1000).default(''),
    timeoutMs,
  }),
]);
export type ComponentCheck = z.output<typeof componentCheckSchema>;

/** A ready-made set of component checks: an order gateway, a market-data feed, a prediction API, a GPU. */
export interface ComponentPreset {
  id: string;
  title: Message;
  description: Message;
  checks: ComponentCheck[];
}

const runIdSchema = z.string().min(1).max(100);

export const diagnosisContract = {
  /** Begins a run; CONFLICT when one is under way. Its progress and end arrive by `watch`. */
  start: call.output(type<{ id: string }>()),
  /** Ends the run under way; nothing of it is kept. */
  cancel: call.output(type<Record<string, never>>()),
  /** Progress and the newest run; items of a push: the newest state only. */
  watch: call.output(pushes<DiagnosisState>()),
  /** Newest first. */
  runs: call
    .input(z.object({ limit: z.number().int().min(1).max(500).default(50) }))
    .output(type<DiagnosisSummary[]>()),
  /** One run (the newest without `id`) with its best fixes, best first; NOT_FOUND when there is none. */
  run: call
    .input(z.object({ id: runIdSchema.optional() }))
    .output(type<{ run: Diagnosis; fixes: TopFix[] }>()),
  difference: call
    .input(z.object({ from: runIdSchema, to: runIdSchema }))
    .output(type<DiagnosisDifference>()),
  presets: call.output(type<ComponentPreset[]>()),
  /** Looks once, keeping nothing: for the editor. */
  tryComponent: call.input(z.object({ check: componentCheckSchema })).output(type<CheckResult>()),
};
