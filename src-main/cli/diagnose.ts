import { Command, Option } from 'commander';
import {
  CHECK_SUBJECTS,
  type CheckSubject,
  type Diagnosis,
  type DiagnosisDifference,
  type DiagnosisProgress,
  type DiagnosisState,
  type TopFix,
} from '../../src-preload/contract/diagnosis.ts';
import { SEVERITIES, type Push, type Severity } from '../../src-preload/contract/shared.ts';
import { dataDirectory } from '../data-directory.ts';
import { diagnoseOnce } from '../engine/diagnose-once.ts';
import type { Installation } from '../installation.ts';
import { attachToEngine, callLimit, type EngineClient } from '../wire/engine-client.ts';
import { printable } from './terminal-text.ts';
import { csvText, humanText, jsonText } from './diagnose-text.ts';
import { CommandError, EXIT } from './exit.ts';
import { failureToCommandError, loadWords, type Say } from './words.ts';

interface DiagnoseFlags {
  data?: string;
  json?: boolean;
  csv?: boolean;
  compare?: string | true;
  only?: CheckSubject[];
  failOn?: Severity;
}

/** A run by whoever made it. */
export interface Diagnosed {
  run: Diagnosis;
  fixes: TopFix[];
  difference?: DiagnosisDifference | undefined;
}

/** Waits this much longer than a run may take. */
const WAIT_MS = 90_000;

/** `yagura diagnose`: how secure and how fit this machine is, by a running engine or without one. */
export function diagnoseCommand(installation: Installation): Command {
  return new Command('diagnose')
    .description('check how secure and how fit this machine is: offline, without root, in seconds')
    .option('--data <directory>', 'data directory')
    .option('--json', 'one JSON object: checks, scores, coverage, durationMs')
    .option('--csv', 'one row per check')
    .option('--compare [run]', 'what changed since the run before, or since the run of this id')
    .addOption(
      new Option('--only <subject...>', 'show only checks of these subjects').choices(CHECK_SUBJECTS),
    )
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 when a check fails at least this badly').choices(
        SEVERITIES,
      ),
    )
    .action(async (flags: DiagnoseFlags) => {
      if (flags.csv === true && flags.json === true)
        throw new CommandError(EXIT.usage, 'Give either --csv or --json.');
      const { say } = loadWords(installation.resources);
      try {
        await diagnose(flags, installation, say);
      } catch (error) {
        throw failureToCommandError(error, say);
      }
    });
}

async function diagnose(flags: DiagnoseFlags, installation: Installation, say: Say): Promise<void> {
  const directory = dataDirectory(flags.data);
  const compareWith = flags.compare === true ? 'previous' : flags.compare;
  const progress = new Progress();
  const engine = await attachToEngine(directory);
  let diagnosed: Diagnosed;
  try {
    diagnosed =
      engine === undefined
        ? await diagnoseHere(installation, directory, compareWith, progress, say)
        : await diagnoseThere(engine.client, compareWith, progress);
  } finally {
    progress.end();
    engine?.close();
  }
  const shown = onlyOf(diagnosed, flags.only);
  if (flags.compare !== undefined && diagnosed.difference === undefined)
    process.stderr.write(`yagura: ${say({ key: 'diagnose.failure.nothingBefore', parameters: {} })}\n`);
  const write = flags.json === true ? jsonText : flags.csv === true ? csvText : humanText;
  process.stdout.write(write(shown, say));
  if (flags.failOn !== undefined && reaches(shown.run, flags.failOn)) process.exitCode = EXIT.found;
}

/** Without an engine: on the data directory itself. */
async function diagnoseHere(
  installation: Installation,
  directory: string,
  compareWith: string | undefined,
  progress: Progress,
  say: Say,
): Promise<Diagnosed> {
  const cancel = new AbortController();
  const stop = (): void => cancel.abort();
  process.once('SIGINT', stop);
  try {
    return await diagnoseOnce({
      ...installation,
      dataDirectory: directory,
      compareWith,
      onProgress: (state) => progress.show(state),
      onProblem: (problem) => process.stderr.write(`yagura: ${printable(say(problem))}\n`),
      signal: cancel.signal,
    });
  } finally {
    process.off('SIGINT', stop);
  }
}

/** By the engine that runs on the data directory: it knows its sources and measured the machine. */
async function diagnoseThere(
  client: EngineClient,
  compareWith: string | undefined,
  progress: Progress,
): Promise<Diagnosed> {
  const states = await client.diagnosis.watch(undefined, callLimit(WAIT_MS));
  const before = await client.diagnosis.runs({ limit: 1 }, callLimit());
  const { id } = await client.diagnosis.start(undefined, callLimit());
  await ended(id, client, states, progress);
  const { run, fixes } = await client.diagnosis.run({ id }, callLimit());
  const earlier = compareWith === 'previous' ? before[0]?.id : compareWith;
  if (earlier === undefined) return { run, fixes };
  const difference = await client.diagnosis.difference({ from: earlier, to: id }, callLimit());
  return { run, fixes, difference };
}

/** Follows a run until it is the newest that is over, or none is under way: then it was cancelled. */
async function ended(
  id: string,
  client: EngineClient,
  states: AsyncIterable<Push<DiagnosisState>>,
  progress: Progress,
): Promise<void> {
  for await (const { subscription, sequence, items } of states) {
    await client.system.acknowledge({ subscription, sequence }, callLimit());
    const state = items.at(-1);
    if (state?.running !== undefined) progress.show(state.running);
    // The first push tells of the time before the start.
    else if (state?.latest?.id === id || sequence > 1) return;
  }
}

function onlyOf(diagnosed: Diagnosed, subjects: readonly CheckSubject[] | undefined): Diagnosed {
  if (subjects === undefined) return diagnosed;
  const checks = diagnosed.run.checks.filter((check) => subjects.includes(check.subject));
  const shown = new Set(checks.map((check) => check.id));
  return {
    ...diagnosed,
    run: { ...diagnosed.run, checks },
    fixes: diagnosed.fixes.filter((fix) => shown.has(fix.checkId)),
  };
}

function reaches({ checks }: Diagnosis, severity: Severity): boolean {
  return checks.some(
    (check) => check.status === 'fail' && SEVERITIES.indexOf(check.severity) <= SEVERITIES.indexOf(severity),
  );
}

/** One line on stderr, drawn over; nothing where nobody looks. */
class Progress {
  show({ done, total, current }: DiagnosisProgress): void {
    if (!process.stderr.isTTY) return;
    process.stderr.write(`\r${done}/${total}  ${current.join(' ').slice(0, 60)}\x1b[K`);
  }

  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}
