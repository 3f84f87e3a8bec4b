import { z } from 'zod';
import { MAX_TEXT_LENGTH } from './limits.ts';
import { call, pushes, rangeSchema, type, type Message, type Severity, type Time } from './shared.ts';
import type { SeriesKey, Unit } from './metrics.ts';

export type AlertState = 'pending' | 'firing' | 'resolved';

/** Why a rule has no verdict: states of their own, never "ok" (F60). */
export type AlertBlindness = 'noData' | 'error';

export interface Alert {
  id: string;
  ruleId: string;
  /** `security`, `infrastructure`, `yagura`. */
  area: string;
  severity: Severity;
  state: AlertState;
  blindness?: AlertBlindness | undefined;
  title: Message;
  summary: Message;
  labels: Record<string, string>;
  /** Threshold alerts: the value now, the limit it crossed, where it clears. */
  value?: number | undefined;
  limit?: number | undefined;
  clearLimit?: number | undefined;
  unit?: Unit | undefined;
  series?: SeriesKey | undefined;
  /** Security alerts: who, and the newest finding. */
  address?: string | undefined;
  findingId?: string | undefined;
  /** Condition first true. */
  since: Time;
  firedAt?: Time | undefined;
  lastAt: Time;
  /** Repeats grouped into this alert. */
  count: number;
  acknowledgedAt?: Time | undefined;
  acknowledgedBy?: string | undefined;
  resolvedAt?: Time | undefined;
  /** Resolved by a person rather than by the condition. */
  resolvedBy?: string | undefined;
  note?: string | undefined;
}

/** What happened to an alert, oldest first. */
export interface AlertEvent {
  time: Time;
  kind:
    | 'pending'
    | 'fired'
    | 'repeated'
    | 'severityChanged'
    | 'notified'
    | 'acknowledged'
    | 'noted'
    | 'noData'
    | 'cleared'
    | 'resolved';
  by?: string | undefined;
  /** A person's own words. */
  text?: string | undefined;
  message?: Message | undefined;
}

export interface AlertRuleInfo {
  id: string;
  area: string;
  title: Message;
  severity: Severity;
  /** The condition in words, e.g. key `alerts.condition.above` with value, unit and duration. */
  condition: Message;
  forMs: number;
  /** How long it must be clear, or nothing new have come, before the alert ends. */
  clearForMs: number;
  /** `noSource`: nothing it could watch; never shown as green. */
  state: 'ok' | 'pending' | 'firing' | 'noData' | 'noSource' | 'error';
  lastEvaluatedAt?: Time | undefined;
}

const alertActSchema = z.object({
  id: z.string().min(1).max(100),
  note: z.string().max(MAX_TEXT_LENGTH).optional(),
});

export const alertsContract = {
  /** Pending and firing, worst first. */
  active: call.output(type<Alert[]>()),
  history: call
    .input(
      z.object({
        range: rangeSchema,
        before: z.string().max(200).optional(),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(type<{ alerts: Alert[]; total: number }>()),
  alert: call
    .input(z.object({ id: z.string().min(1).max(100) }))
    .output(type<{ alert: Alert; events: AlertEvent[] }>()),
  acknowledge: call.input(alertActSchema).output(type<Alert>()),
  resolve: call.input(alertActSchema).output(type<Alert>()),
  rules: call.output(type<AlertRuleInfo[]>()),
  /** The whole list of active alerts after every change; items of a push: the newest list only. */
  watch: call.output(pushes<Alert[]>()),
};
