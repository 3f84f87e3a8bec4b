import { once } from 'node:events';
import { Command } from 'commander';
import type { Alert } from '../../src-preload/contract/alerts.ts';
import type { Severity } from '../../src-preload/contract/shared.ts';
import type { Status } from '../../src-preload/contract/system.ts';
import { dataDirectory, demoDirectory } from '../data-directory.ts';
import { startDemoEngine } from '../engine/demo-engine.ts';
import { startEngine } from '../engine/engine.ts';
import type { Installation } from '../installation.ts';
import { isoTime, printable } from './terminal-text.ts';
import { failureToCommandError, loadWords, type Say } from './words.ts';

interface RunFlags {
  data?: string;
  json?: boolean;
  demo?: boolean;
}

/** How often a quiet engine says that it still watches. */
const PULSE_MS = 60_000;
/** The first look at what is watched comes when discovery has had its time. */
const FIRST_PULSE_MS = 2_000;

const MARK: Record<Severity, string> = { critical: '◆', error: '▲', warning: '△', info: '●' };

/** `yagura run`: the engine in the terminal. The desktop, started later, attaches to it. */
export function runCommand(installation: Installation): Command {
  return new Command('run')
    .description('watch this machine and its logs; alerts appear in the terminal until Ctrl+C')
    .option('--data <directory>', 'data directory')
    .option('--json', 'one JSON object per alert change')
    .option('--demo', 'watch logs written for show, with an attack in them, in a directory of its own')
    .action(async (flags: RunFlags) => {
      const { say } = loadWords(installation.resources);
      try {
        await watch(flags, installation, say);
      } catch (error) {
        throw failureToCommandError(error, say);
      }
    });
}

async function watch(flags: RunFlags, installation: Installation, say: Say): Promise<void> {
  const printer = new AlertPrinter(say, flags.json === true);
  const demo = flags.demo === true;
  const directory = dataDirectory(flags.data);
  const engine = await (demo ? startDemoEngine : startEngine)({
    ...installation,
    dataDirectory: demo ? demoDirectory(directory) : directory,
    overrides: {},
    onAlerts: (alerts) => printer.show(alerts),
    onFatal: (error) => {
      process.stderr.write(`yagura: ${error.stack ?? error.message}\n`);
      process.exit(4);
    },
  });
  const tell = (message: string): void => {
    if (flags.json !== true) process.stdout.write(`${message}\n`);
  };
  if (demo) tell(say({ key: 'cli.run.demo', parameters: {} }));
  tell(say({ key: 'cli.run.started', parameters: { directory: engine.identity.dataDirectory } }));
  const pulse = (): void => tell(pulseLine(engine.status(), say));
  const first = setTimeout(pulse, FIRST_PULSE_MS);
  const later = setInterval(pulse, PULSE_MS);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  clearTimeout(first);
  clearInterval(later);
  tell(say({ key: 'cli.run.stopping', parameters: {} }));
  await engine.stop();
}

function pulseLine(status: Status, say: Say): string {
  const seen = status.sources.filter((source) => source.state === 'ok').length;
  return `${isoTime(status.time)}  ${say({
    key: 'cli.run.pulse',
    parameters: {
      seen,
      sources: status.sources.length,
      lines: status.ingest.linesTotal,
      alerts: Object.values(status.alerts).reduce((sum, count) => sum + count, 0),
      cpu: status.own.cpuPercent,
      memory: Math.round(status.own.memoryBytes / 1e6),
    },
  })}`;
}

/** Prints what is new about the active alerts: opened, repeated, ended. */
class AlertPrinter {
  readonly #say: Say;
  readonly #json: boolean;
  #shown = new Map<string, Alert>();

  constructor(say: Say, json: boolean) {
    this.#say = say;
    this.#json = json;
  }

  show(alerts: Alert[]): void {
    const now = new Map(alerts.filter((alert) => alert.state === 'firing').map((alert) => [alert.id, alert]));
    for (const alert of now.values()) {
      const before = this.#shown.get(alert.id);
      if (before === undefined || before.severity !== alert.severity) this.#print('fired', alert);
    }
    for (const alert of this.#shown.values()) if (!now.has(alert.id)) this.#print('ended', alert);
    this.#shown = now;
  }

  #print(event: 'fired' | 'ended', alert: Alert): void {
    if (this.#json) {
      process.stdout.write(`${JSON.stringify({ event, alert })}\n`);
      return;
    }
    const time = isoTime(event === 'fired' ? (alert.firedAt ?? alert.since) : Date.now());
    const words = `${this.#say(alert.title)} · ${this.#say(alert.summary)}`;
    const mark = event === 'fired' ? MARK[alert.severity] : '✓';
    const state = this.#say({
      key: event === 'fired' ? `severity.${alert.severity}` : 'cli.run.ended',
      parameters: {},
    });
    process.stdout.write(`${time}  ${mark} ${state}  ${printable(words)}\n`);
  }
}
