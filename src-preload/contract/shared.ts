import { eventIterator, oc, type } from '@orpc/contract';
import { z } from 'zod';
import { ERROR_KINDS, type ErrorData, type ErrorKind } from './errors.ts';
import { SEVERITIES, severityOfLevel, type Level, type Severity } from './severities.ts';

/** UTC milliseconds since 1970. */
export type Time = number;

export { SEVERITIES, severityOfLevel, type Level, type Severity };
export const severitySchema = z.enum(SEVERITIES);

/** State of a whole: a severity, all well, or "I cannot see". */
export type State = Severity | 'ok' | 'unknown';

/** Text for people: a locale key and its parameters, translated at the edge; `text` is a person's own words, kept as such. */
export interface Message {
  key: string;
  parameters: Record<string, string | number>;
}

/** An IANA zone this machine knows. */
export const timeZoneSchema = z
  .string()
  .max(60)
  .refine(isTimeZone, { message: 'not a time zone such as Asia/Tokyo' });

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const timeSchema = z.number().int().min(0).max(8.64e15);
export const rangeSchema = z
  .object({ from: timeSchema, to: timeSchema })
  .refine((range) => range.from <= range.to, { message: 'from is after to', path: ['from'] });
/** Half-open [from, to). */
export type TimeRange = z.infer<typeof rangeSchema>;

/** One push of a stream; the consumer acknowledges `sequence` by `system.acknowledge` (oRPC has no back-pressure). */
export interface Push<Item> {
  /** Names the subscription, for acknowledging. */
  subscription: string;
  /** 1, 2, 3 … per subscription. */
  sequence: number;
  items: Item[];
  /** Items left out before this push because the consumer was slower than the flow: "12,340 more". */
  dropped: number;
}

/** A stream of arrays, coalesced in the engine. */
export function pushes<Item>() {
  return eventIterator(type<Push<Item>>());
}

type ErrorMap = Record<ErrorKind, { data: ReturnType<typeof type<ErrorData>> }>;

function declaredErrors(): ErrorMap {
  const entries = ERROR_KINDS.map((kind) => [kind, { data: type<ErrorData>() }] as const);
  return Object.fromEntries(entries) as ErrorMap;
}

/** Every call starts from this: it may answer with any declared error and no other. */
export const call = oc.errors(declaredErrors());
export { type };
