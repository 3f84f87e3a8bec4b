import type { Alert } from '../../src-preload/contract/alerts.ts';
import type { RibbonCell, Status } from '../../src-preload/contract/system.ts';
import type { Severity } from '../../src-preload/contract/shared.ts';
import { stateRank, type MarkState } from '../ui/states.ts';

/**
 * The one sentence of Overview.
 * blind: nothing is watched. act: critical or error alerts nobody has taken. first: the first minute.
 * watch: warnings only, or all taken. partial: well where I can see, but I can't see all.
 */
export type VerdictKind = 'starting' | 'blind' | 'act' | 'first' | 'watch' | 'partial' | 'ok';

export interface Verdict {
  kind: VerdictKind;
  state: MarkState;
  /** Things the sentence counts: alerts that need you, alerts there are, sources not seen. */
  n: number;
}

/** How long a machine counts as just begun. */
const FIRST_RUN_MS = 60_000;

export interface Situation {
  connection: 'starting' | 'up' | 'down';
  status: Status | undefined;
  alerts: readonly Alert[];
  /** When the engine started; undefined until known. */
  startedAt: number | undefined;
  /** The store held nothing when it started: a very first run, not a restart. */
  isNew: boolean;
  now: number;
}

function worstOf(alerts: readonly Alert[]): Severity | undefined {
  return [...alerts].sort((a, b) => stateRank(a.severity) - stateRank(b.severity))[0]?.severity;
}

/** What a person would say first. Blindness comes before everything: nothing else is known then. */
export function verdictOf({ connection, status, alerts, startedAt, isNew, now }: Situation): Verdict {
  if (connection === 'down') return { kind: 'blind', state: 'unknown', n: 0 };
  if (status === undefined) return { kind: 'starting', state: 'unknown', n: 0 };
  if (connection === 'starting') return { kind: 'blind', state: 'unknown', n: 0 };
  if (status.needsYou > 0) {
    const waiting = alerts.filter((alert) => alert.acknowledgedAt === undefined);
    return { kind: 'act', state: worstOf(waiting) ?? 'error', n: status.needsYou };
  }
  const unseen = status.sources.filter((source) => source.state === 'unknown').length;
  if (alerts.length > 0) return { kind: 'watch', state: worstOf(alerts) ?? 'warning', n: alerts.length };
  if (isNew && startedAt !== undefined && now - startedAt < FIRST_RUN_MS) {
    return { kind: 'first', state: 'ok', n: 0 };
  }
  if (unseen > 0) return { kind: 'partial', state: 'unknown', n: unseen };
  return { kind: 'ok', state: 'ok', n: 0 };
}

/** Share of the watched time that was well; undefined while nothing was watched. */
export function shareWell(cells: readonly RibbonCell[]): number | undefined {
  const watched = cells.filter((cell) => cell.state !== 'unknown');
  if (watched.length === 0) return undefined;
  return watched.filter((cell) => cell.state === 'ok' || cell.state === 'info').length / watched.length;
}

/** Since when it has been well without a break, at the newest end; undefined when it is not, or all day. */
export function wellSince(cells: readonly RibbonCell[]): number | undefined {
  const last = cells.findLastIndex((cell) => cell.state !== 'ok' && cell.state !== 'info');
  return last === -1 ? undefined : cells[last + 1]?.time;
}
