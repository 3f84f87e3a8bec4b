import { z } from 'zod';
import { MAX_TEXT_LENGTH } from './limits.ts';
import { call, rangeSchema, type, type Message, type Severity, type Time } from './shared.ts';

/** A detected attack. Its id derives from rule, source and offset: the same bytes give the same finding. */
export interface Finding {
  id: string;
  ruleId: string;
  /** e.g. `sqli`, `xss`, `path_traversal`, `cmdi`, `brute_force`. */
  type: string;
  severity: Severity;
  /** 0–1. */
  confidence: number;
  /** 0–100; its parts are in `riskParts`. */
  risk: number;
  riskParts: { severity: number; confidence: number; repetition: number };
  /** Event time of the line that completed it. */
  time: Time;
  /** First event that counted towards it. */
  firstTime: Time;
  addresses: string[];
  user?: string | undefined;
  sourceId: string;
  /** Byte offset of the completing line in its source. */
  offset: number;
  /** Events that counted. */
  count: number;
  summary: Message;
  /** Masked evidence, newest last, at most 20 lines. */
  evidence: { time: Time; text: string; sourceId: string; offset: number }[];
  /** MITRE ATT&CK technique ids and OWASP categories. */
  mitre: string[];
  owasp: string[];
  /** Read as history (older than 10 min when read): counted, never notified. */
  historic: boolean;
}

/** Attacks of one address over a range. */
export interface ThreatAddress {
  address: string;
  severity: Severity;
  risk: number;
  types: string[];
  findings: number;
  /** Lines that counted as evidence, each once for each finding that rests on it. */
  events: number;
  firstTime: Time;
  lastTime: Time;
  /** Events per 1/24 of the range, oldest first. */
  sparkline: number[];
}

export interface ThreatAddressDetail extends ThreatAddress {
  riskParts: Finding['riskParts'];
  findingsList: Finding[];
  /** User names tried, most often first, at most 20; and how many distinct. */
  users: { name: string; count: number }[];
  distinctUsers: number;
  /** Sign-ins of this address that succeeded within the range. */
  successes: number;
}

/** One step of an explanation: parse → normalise → rules → bucket → decision. */
export interface ExplainStep {
  step: 'parse' | 'normalise' | 'rules' | 'bucket' | 'decision';
  outcome: 'ok' | 'hit' | 'none';
  summary: Message;
  /** Name and value pairs that show the work; values are hostile text. */
  details: { name: string; value: string }[];
}

export interface Explanation {
  steps: ExplainStep[];
  /** What the line means: `web_attack`, `auth_failure`, … or empty. */
  event: string;
  rules: { id: string; matched: boolean; where?: string | undefined; text?: string | undefined }[];
}

export interface DetectionRule {
  id: string;
  type: string;
  title: Message;
  severity: Severity;
  kind: 'line' | 'bucket';
  origin: 'built-in' | 'user';
  file: string;
  /** Hits, misses and near-misses that the rule carries and passed when it was loaded. */
  fixtures: number;
  findings24h: number;
}

export interface RuleFileProblem {
  file: string;
  line: number;
  field: string;
  message: Message;
}

export const threatsContract = {
  addresses: call
    .input(z.object({ range: rangeSchema, limit: z.number().int().min(1).max(500).default(100) }))
    .output(
      type<{
        addresses: ThreatAddress[];
        total: number;
        byType: { type: string; severity: Severity; events: number }[];
      }>(),
    ),
  address: call
    .input(z.object({ address: z.string().min(1).max(64), range: rangeSchema }))
    .output(type<ThreatAddressDetail>()),
  findings: call
    .input(
      z.object({
        range: rangeSchema,
        before: z.string().max(200).optional(),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(type<{ findings: Finding[]; total: number }>()),
  /** Works the line out as the pipeline would, changing nothing. */
  explain: call
    .input(
      z.object({
        line: z
          .string()
          .min(1)
          .max(MAX_TEXT_LENGTH * 4),
        timeZone: z.string().max(60).optional(),
      }),
    )
    .output(type<Explanation>()),
  rules: call.output(type<{ rules: DetectionRule[]; problems: RuleFileProblem[] }>()),
};
