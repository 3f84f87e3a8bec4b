import type { Alert } from '../../src-preload/contract/alerts.ts';
import type { EngineIdentity, EngineMode, Status } from '../../src-preload/contract/system.ts';
import type { ThreadFiles } from './pipeline.ts';
import type { ReportFonts } from './report/pdf/printable.ts';
import type { RulePlaces } from './rule-library.ts';

/** What an engine needs to be told. */
export interface EngineOptions extends RulePlaces {
  dataDirectory: string;
  /** Embedded in reports. */
  fonts: ReportFonts;
  threads: ThreadFiles;
  version: string;
  /** Given by IT: `/etc/yagura/settings.yaml` or the like. */
  managedSettings: string;
  /** Settings of the command line, by dotted path. */
  overrides: Record<string, unknown>;
  /** What is watched: this machine, unless told otherwise. */
  mode?: EngineMode;
  /** Called once the directory is this engine's, before anything in it is opened. */
  prepare?: () => Promise<void>;
  /** Told the active alerts after every change. */
  onAlerts?: (alerts: Alert[]) => void;
  /** Called when the desktop that started this engine for itself is gone. */
  onOwnerGone?: () => void;
  /** Called when a thread died that the engine can't do without: end, and be started again. */
  onFatal: (error: Error) => void;
}

export interface Engine {
  readonly identity: EngineIdentity;
  status(): Status;
  /** Drains: what was read is stored, positions are kept, faces are told. */
  stop(): Promise<void>;
}
