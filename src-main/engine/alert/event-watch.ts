import { SEVERITIES, type Severity } from '../../../src-preload/contract/shared.ts';
import type { DetectedFinding } from '../flow/finding.ts';
import type { Observation } from '../flow/observation.ts';
import type { AlertBook, NewAlert } from './alert-book.ts';
import { attackTitle } from './messages.ts';
import { ATTACK_RULE, type EventRule } from './rule.ts';

/**
 * Alerts from findings and observations: one per type and address however often it happens. They end by a person, or by
 * themselves after a quiet period; only time in which somebody watched counts as quiet.
 */
export class EventWatch {
  readonly #book: AlertBook;
  readonly #rules: Map<string, EventRule>;

  constructor(book: AlertBook, rules: EventRule[]) {
    this.#book = book;
    this.#rules = new Map(rules.map((rule) => [rule.id, rule]));
  }

  /** A finding that is new, or grown. Historic ones and mere information never make an alert. */
  acceptFinding(finding: DetectedFinding, isNew: boolean, now: number): void {
    if (finding.historic || finding.severity === 'info') return;
    const rule = this.#rules.get(ATTACK_RULE);
    if (rule === undefined) return;
    const [address] = finding.addresses;
    const single = finding.addresses.length === 1 ? address : undefined;
    const who = single ?? `user ${finding.user ?? ''}`;
    this.#openOrRepeat(
      {
        ruleId: ATTACK_RULE,
        area: rule.area,
        severity: finding.severity,
        title: attackTitle(finding),
        summary: finding.summary,
        labels: { type: finding.type, rule: finding.ruleId },
        since: finding.firstTime,
        lastAt: finding.time,
        firedAt: now,
        address: single,
        findingId: finding.id,
        group: `${ATTACK_RULE}|${finding.type}|${who}`,
        evidenceAt: now,
      },
      finding.id,
      isNew,
    );
  }

  acceptObservation(observation: Observation, now: number): void {
    const rule = this.#rules.get(observation.ruleId);
    if (rule === undefined) return;
    const { ruleId, severity, title, summary, labels, time, key } = observation;
    this.#openOrRepeat(
      {
        ruleId,
        area: rule.area,
        severity,
        title,
        summary,
        labels,
        since: time,
        lastAt: time,
        firedAt: now,
        group: `${ruleId}|${key}`,
        evidenceAt: now,
      },
      String(time),
      true,
    );
  }

  /** Ends what has been quiet for long enough. */
  endQuiet(now: number): void {
    for (const kept of this.#book.all()) {
      const rule = this.#rules.get(kept.alert.ruleId);
      if (rule !== undefined && now - kept.evidenceAt >= rule.quietAfter) this.#book.end(kept, now);
    }
  }

  /** Time in which nobody watched is no quiet time. */
  skipUnwatched(gapMs: number): void {
    for (const kept of this.#book.all()) {
      if (!this.#rules.has(kept.alert.ruleId)) continue;
      kept.evidenceAt += gapMs;
      this.#book.save(kept);
    }
  }

  #openOrRepeat(event: NewAlert, seed: string, isNew: boolean): void {
    const kept = this.#book.ofGroup(event.group);
    if (kept === undefined) {
      this.#book.open(event, seed);
      return;
    }
    const { alert } = kept;
    kept.evidenceAt = event.evidenceAt;
    this.#book.setSeverity(kept, worse(alert.severity, event.severity), event.evidenceAt);
    this.#book.save(kept, {
      title: event.title,
      summary: event.summary,
      labels: event.labels,
      findingId: event.findingId,
      since: Math.min(alert.since, event.since),
      lastAt: Math.max(alert.lastAt, event.lastAt),
      count: alert.count + (isNew ? 1 : 0),
    });
    this.#book.note(kept, { time: event.evidenceAt, kind: 'repeated' });
  }
}

function worse(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) <= SEVERITIES.indexOf(b) ? a : b;
}
