import type { ComponentCheck } from '../../../../src-preload/contract/diagnosis.ts';
import type { OutboundLog } from '../../flow/outbound.ts';
import type { CheckVerdict } from '../check.ts';
import type { HostProbe } from '../host-probe.ts';

export type ComponentKind = ComponentCheck['kind'];
export type ComponentOf<Kind extends ComponentKind> = Extract<ComponentCheck, { kind: Kind }>;

/** What a component check may ask. Every connection goes into the log of connections. */
export interface ComponentContext {
  probe: HostProbe;
  outbound: OutboundLog;
  /** UTC milliseconds. */
  now: () => number;
  /** Certificate authorities that are trusted; undefined for Node's own. */
  authorities: () => string[] | undefined;
  /** The run was cancelled, or the check's time is up. */
  signal: AbortSignal;
}

/** Looks at a component of one kind. Its words: `diagnose.component.found.<kind>.<found>`. */
export type LookAt<Kind extends ComponentKind> = (
  check: ComponentOf<Kind>,
  context: ComponentContext,
) => Promise<CheckVerdict>;

/** Points of a component that answers, but not as it should. */
export function halfOf(check: ComponentCheck): number {
  return check.weight / 2;
}
