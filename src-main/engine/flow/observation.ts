import type { Message, Severity, Time } from '../../../src-preload/contract/shared.ts';

/**
 * Something a source noticed that is neither a line nor a value, e.g. a listener that was not there before. The alert part
 * turns it into an alert.
 */
export interface Observation {
  /** The alert rule it belongs to, e.g. `host-new-listener`. */
  ruleId: string;
  /** Tells what it is about: repeats with the same key count up one alert. */
  key: string;
  time: Time;
  severity: Severity;
  title: Message;
  summary: Message;
  labels: Record<string, string>;
}
