import { Command } from 'commander';
import type { Explanation } from '../../src-preload/contract/threats.ts';
import { explain } from '../engine/explain.ts';
import type { Installation } from '../installation.ts';
import { CommandError, EXIT } from './exit.ts';
import { printable } from './terminal-text.ts';
import { failureToCommandError, loadWords } from './words.ts';

interface ExplainFlags {
  json?: boolean;
  tz?: string;
  rules?: string;
}

/** `yagura explain LINE`: parser, fields, rules tried, decision. */
export function explainCommand(installation: Installation): Command {
  return new Command('explain')
    .description('Show what the detectors make of one log line, step by step')
    .argument('<line>', 'the line, quoted; - reads it from standard input')
    .option('--json', 'the whole explanation for programs')
    .option('--tz <zone>', 'time zone of a stamp that carries none')
    .option('--rules <directory>', 'further rules of your own')
    .action(async (argument: string, flags: ExplainFlags) => {
      const line = argument === '-' ? await firstLine() : argument;
      if (line.trim() === '') throw new CommandError(EXIT.badInput, 'There is no line to explain.');
      const explanation = explained(line, flags, installation);
      console.log(
        flags.json === true
          ? JSON.stringify(explanation, undefined, 2)
          : text(explanation, installation.resources),
      );
    });
}

function explained(line: string, flags: ExplainFlags, { resources, builtRules }: Installation): Explanation {
  try {
    return explain(line, { resources, builtRules, timeZone: flags.tz, userRules: flags.rules });
  } catch (error) {
    throw failureToCommandError(error, loadWords(resources).say);
  }
}

function text(explanation: Explanation, resources: string): string {
  const { say } = loadWords(resources);
  const lines: string[] = [];
  for (const step of explanation.steps) {
    lines.push(printable(say(step.summary)));
    for (const { name, value } of step.details) lines.push(`    ${name.padEnd(28)} ${printable(value)}`);
  }
  return lines.join('\n');
}

async function firstLine(): Promise<string> {
  let input = '';
  for await (const part of process.stdin) {
    input += String(part);
    if (input.includes('\n') || input.length > MAX_INPUT) break;
  }
  return input.split('\n', 1)[0] ?? '';
}

const MAX_INPUT = 1_000_000;
