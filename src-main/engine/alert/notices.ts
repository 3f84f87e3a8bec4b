import type { Message, Severity } from '../../../src-preload/contract/shared.ts';
import { SEVERITIES } from '../../../src-preload/contract/shared.ts';
import type { Settings } from '../../../src-preload/contract/settings.ts';
import type { KeptAlert } from '../store/types.ts';
import { byUrgency } from './alert-book.ts';

/** What the host shows; the same shape as the host contract's `notify`. */
export interface Notice {
  alertId: string;
  severity: Severity;
  title: Message;
  body: Message;
}

/** Alerts that are not critical wait this long for others to share one notice (SPEC F55). */
const GROUP_WAIT_MS = 30_000;
const REPEAT_EVERY_MS = 4 * 3_600_000;
/** More notices than this in the window are held back and told together: a desktop that never rests is switched off. */
export const FLOOD_LIMIT = 10;
const FLOOD_WINDOW_MS = 10 * 60_000;

/**
 * Which alerts are to be told now. Pure: everything it needs is in the alerts themselves, so that a restart neither
 * repeats nor loses a notice. A critical alert is told at once and alone; others share one notice.
 * @returns groups of alerts, each one notice
 */
export function dueNotices(
  alerts: KeptAlert[],
  now: number,
  settings: Settings['notifications'],
): KeptAlert[][] {
  if (!settings.desktop) return [];
  const least = rank(settings.minimumSeverity);
  const atOnce: KeptAlert[][] = [];
  const others: KeptAlert[] = [];
  let isOneOver = false;
  // Under attack there are thousands, looked at with every batch of findings: once each, most of them told long ago.
  for (const kept of alerts) {
    const { state, severity } = kept.alert;
    if (state !== 'firing' || rank(severity) > least || !isDue(kept, now, 0)) continue;
    if (severity === 'critical') atOnce.push([kept]);
    else {
      others.push(kept);
      isOneOver ||= isDue(kept, now, GROUP_WAIT_MS);
    }
  }
  // The first one whose wait is over takes along all that wait.
  return isOneOver ? [...atOnce, others] : atOnce;
}

function isDue(kept: KeptAlert, now: number, waitMs: number): boolean {
  const { alert, notifiedAt, notifiedSeverity } = kept;
  if (notifiedAt === undefined || notifiedSeverity === undefined) {
    // Acknowledged before anybody was told: whoever did it knows.
    return alert.acknowledgedAt === undefined && now - (alert.firedAt ?? alert.since) >= waitMs;
  }
  // Getting worse is told once, even when the milder state was acknowledged; getting better is not.
  if (rank(alert.severity) < rank(notifiedSeverity)) return true;
  // A host that has not answered the last one yet is not given the same again.
  const free = kept.noticeOpen !== true && alert.acknowledgedAt === undefined;
  return free && now - notifiedAt >= REPEAT_EVERY_MS;
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** The words of a notice: the alert's own, or how many there are. */
export function noticeOf(group: KeptAlert[]): Notice | undefined {
  const alerts = group.map((kept) => kept.alert).sort(byUrgency);
  const [worst] = alerts;
  if (worst === undefined) return undefined;
  if (alerts.length === 1) {
    return { alertId: worst.id, severity: worst.severity, title: worst.title, body: worst.summary };
  }
  const count = (severity: Severity): number => alerts.filter((alert) => alert.severity === severity).length;
  return {
    alertId: worst.id,
    severity: worst.severity,
    title: { key: 'alerts.notice.several', parameters: { n: alerts.length } },
    body: {
      key: 'alerts.notice.severalBody',
      parameters: { critical: count('critical'), error: count('error'), warning: count('warning') },
    },
  };
}

/** Counts notices in a sliding window. */
export class FloodGate {
  readonly #times: number[] = [];
  #heldBack = 0;

  /** Alerts whose notice had to wait because there were too many, since the start. */
  get heldBack(): number {
    return this.#heldBack;
  }

  /** What may be told now: groups one by one while there is room, then all the rest in one when only one place is left. */
  admit(groups: KeptAlert[][], now: number): KeptAlert[][] {
    while (
      this.#times[0] !== undefined &&
      (now - this.#times[0] >= FLOOD_WINDOW_MS || this.#times[0] > now)
    ) {
      this.#times.shift();
    }
    const room = FLOOD_LIMIT - this.#times.length;
    if (room <= 0) {
      this.#heldBack += groups.flat().length;
      return [];
    }
    const admitted =
      groups.length <= room ? groups : [...groups.slice(0, room - 1), groups.slice(room - 1).flat()];
    for (let number = 0; number < admitted.length; number += 1) this.#times.push(now);
    return admitted;
  }
}
