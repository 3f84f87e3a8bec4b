import type { Finding } from '../../../src-preload/contract/threats.ts';

/** A finding as a detector hands it over: with what the address page needs besides what a finding shows. */
export interface DetectedFinding extends Finding {
  /** User names tried, most often first, at most 20. */
  users?: { name: string; count: number }[] | undefined;
  distinctUsers?: number | undefined;
  /** Sign-ins of the same address that succeeded meanwhile. */
  successes?: number | undefined;
}
