import { z } from 'zod';
import { CHECK_SUBJECTS } from '../../../../src-preload/contract/diagnosis.ts';
import { severitySchema } from '../../../../src-preload/contract/shared.ts';

/*
 * What a foreign bundle's records must be before they go into a store: as strict as the screens need, since whoever made
 * the file may have written it by hand. Longer lists and texts than ours ever are do not pass.
 */

const text = z.string().max(100_000);
const shortText = z.string().max(4096);
const time = z.number().min(0).max(8.64e15);
const count = z.number().min(0);
const message = z.object({
  key: shortText,
  parameters: z.record(z.string(), z.union([shortText, z.number()])),
});

export const findingRecord = z.object({
  id: shortText,
  ruleId: shortText,
  type: shortText,
  severity: severitySchema,
  confidence: z.number(),
  risk: z.number(),
  riskParts: z.object({ severity: z.number(), confidence: z.number(), repetition: z.number() }),
  time,
  firstTime: time,
  addresses: z.array(shortText).max(10_000),
  user: shortText.optional(),
  sourceId: shortText,
  offset: count,
  count,
  summary: message,
  evidence: z.array(z.object({ time, text, sourceId: shortText, offset: count })).max(100),
  mitre: z.array(shortText).max(50),
  owasp: z.array(shortText).max(50),
  historic: z.boolean(),
  users: z
    .array(z.object({ name: shortText, count }))
    .max(100)
    .optional(),
  distinctUsers: count.optional(),
  successes: count.optional(),
});

const alert = z.object({
  id: z.string().min(1).max(100),
  ruleId: shortText,
  area: shortText,
  severity: severitySchema,
  state: z.enum(['pending', 'firing', 'resolved']),
  blindness: z.enum(['noData', 'error']).optional(),
  title: message,
  summary: message,
  labels: z.record(z.string(), shortText),
  value: z.number().optional(),
  limit: z.number().optional(),
  clearLimit: z.number().optional(),
  unit: z.enum(['percent', 'bytes', 'bytesPerSecond', 'seconds', 'count', 'perSecond', 'hours']).optional(),
  series: z.object({ name: shortText, labels: z.record(z.string(), shortText) }).optional(),
  address: shortText.optional(),
  findingId: shortText.optional(),
  since: time,
  firedAt: time.optional(),
  lastAt: time,
  count,
  acknowledgedAt: time.optional(),
  acknowledgedBy: shortText.optional(),
  resolvedAt: time.optional(),
  resolvedBy: shortText.optional(),
  note: shortText.optional(),
});

export const alertRecord = z.object({
  alert,
  events: z
    .array(
      z.object({
        time,
        kind: z.enum([
          'pending',
          'fired',
          'repeated',
          'severityChanged',
          'notified',
          'acknowledged',
          'noted',
          'noData',
          'cleared',
          'resolved',
        ]),
        by: shortText.optional(),
        text: shortText.optional(),
        message: message.optional(),
      }),
    )
    .max(10_000),
});

export const seriesRecord = z.object({
  name: z.string().min(1).max(200),
  labels: z.record(z.string().max(100), z.string().max(500)),
  unit: z.enum(['percent', 'bytes', 'bytesPerSecond', 'seconds', 'count', 'perSecond', 'hours']),
  times: z.array(time).max(10_000),
  values: z.array(z.number().nullable()).max(10_000),
});

export const lineRecord = z.object({
  id: z.string().regex(/^(application|access|audit)\//),
  time,
  level: z.number().int().min(0).max(7),
  sourceId: shortText,
  text: z.string().max(1_000_000),
  address: z.string().max(64).optional(),
});
export type LineRecord = z.output<typeof lineRecord>;

const score = z.object({
  score: z.number().nullable(),
  points: z.number(),
  maximum: z.number(),
  ran: count,
  unknown: count,
  coverage: z.number(),
});
const scoreName = z.enum(['security', 'performance']);

export const diagnosisRecord = z.object({
  id: z.string().min(1).max(100),
  startedAt: time,
  durationMs: count,
  scores: z.object({ security: score, performance: score }),
  coverage: z.number(),
  counts: z.object({
    pass: count,
    unknown: count,
    notApplicable: count,
    fail: z.object({ critical: count, error: count, warning: count, info: count }),
  }),
  privileged: z.boolean(),
  hostName: shortText,
  platform: shortText,
  checks: z
    .array(
      z.object({
        id: shortText,
        subject: z.enum(CHECK_SUBJECTS),
        score: scoreName,
        status: z.enum(['pass', 'fail', 'unknown', 'notApplicable']),
        severity: severitySchema,
        weight: z.number(),
        points: z.number(),
        title: message,
        found: message,
        evidence: z.array(z.object({ text, place: shortText.optional() })).max(100),
        why: message,
        fix: z.object({ text: message, command: shortText.optional() }).optional(),
        references: z.array(shortText).max(50),
        minutes: count,
      }),
    )
    .max(1000),
});
