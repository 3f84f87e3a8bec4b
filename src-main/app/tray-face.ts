import type { EngineState } from '../../src-preload/contract/desktop.ts';
import { SEVERITIES, type Message, type State } from '../../src-preload/contract/shared.ts';
import type { Status } from '../../src-preload/contract/system.ts';

/** What the tray shows: an icon and the same in words. */
export interface TrayFace {
  icon: State;
  line: Message;
}

/** @param status newest known; undefined before the first */
export function trayFace(
  engine: EngineState,
  status: Pick<Status, 'state' | 'alerts'> | undefined,
): TrayFace {
  if (engine.phase === 'starting') return { icon: 'unknown', line: said('starting') };
  // What does not answer does not watch, whatever it said last.
  if (engine.phase !== 'up') return { icon: 'unknown', line: said('notWatching') };
  if (status === undefined) return { icon: 'unknown', line: said('starting') };
  const worst = SEVERITIES.find((severity) => status.alerts[severity] > 0);
  if (worst === undefined)
    return { icon: status.state, line: said(status.state === 'ok' ? 'allWell' : 'look') };
  return { icon: worst, line: said(worst, { count: status.alerts[worst] }) };
}

function said(key: string, parameters: Message['parameters'] = {}): Message {
  return { key: `desktop.tray.${key}`, parameters };
}
