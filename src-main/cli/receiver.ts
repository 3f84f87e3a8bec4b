import { Command } from 'commander';
import type { ListenerState } from '../../src-preload/contract/receiver.ts';
import { dataDirectory } from '../data-directory.ts';
import type { Installation } from '../installation.ts';
import { attachToEngine, callLimit, type EngineClient } from '../wire/engine-client.ts';
import { CommandError, EXIT } from './exit.ts';
import { isoTime, printable } from './terminal-text.ts';
import { failureToCommandError, loadWords, type Say } from './words.ts';

interface ReceiverOptions {
  data?: string;
  json?: boolean;
}

/** Asks the running engine about its receiver; what it listens for is said in the settings. */
export function receiverCommand({ resources }: Installation): Command {
  return new Command('receiver')
    .description('what other programs may send here: listeners and their counts, the token')
    .addCommand(
      new Command('state')
        .description('every listener, what came over it and what was dropped')
        .option('--data <directory>', 'data directory')
        .option('--json', 'the state as one JSON object')
        .action((options: ReceiverOptions) =>
          asked(resources, options, (client, say) => state(client, options, say)),
        ),
    )
    .addCommand(
      new Command('token')
        .description('make a new token for HTTP and OTLP and print it, this once; the one before ends')
        .option('--data <directory>', 'data directory')
        .action((options: ReceiverOptions) => asked(resources, options, makeToken)),
    );
}

async function asked(
  resources: string,
  { data }: ReceiverOptions,
  ask: (client: EngineClient, say: Say) => Promise<void>,
): Promise<void> {
  const { say } = loadWords(resources);
  const engine = await attachToEngine(dataDirectory(data));
  if (engine === undefined)
    throw new CommandError(EXIT.engine, say({ key: 'receiver.noEngine', parameters: {} }));
  try {
    await ask(engine.client, say);
  } catch (error) {
    throw failureToCommandError(error, say);
  } finally {
    engine.close();
  }
}

async function makeToken(client: EngineClient): Promise<void> {
  const { token } = await client.receiver.rotateToken(undefined, callLimit());
  process.stdout.write(`${token}\n`);
}

async function state(client: EngineClient, { json }: ReceiverOptions, say: Say): Promise<void> {
  const receiver = await client.receiver.state(undefined, callLimit());
  if (json === true) process.stdout.write(`${JSON.stringify(receiver)}\n`);
  else for (const listener of receiver.listeners) process.stdout.write(`${told(listener, say)}\n`);
}

function told(listener: ListenerState, say: Say): string {
  const word = (key: string): string => say({ key: `receiver.${key}`, parameters: {} });
  const { id, address, port, received, dropped, lastSender, lastAt, reason, warnings } = listener;
  const how = listener.state === 'ok' ? 'listening' : listener.state === 'unknown' ? 'off' : 'failed';
  const parts = [word(`listener.${id}`), word(`state.${how}`)];
  if (listener.enabled) parts.push(`${address.includes(':') ? `[${address}]` : address}:${port}`);
  if (listener.enabled || received > 0)
    parts.push(`${word('fact.received')} ${received}`, `${word('fact.dropped')} ${dropped}`);
  if (lastSender !== undefined && lastAt !== undefined)
    parts.push(`${word('fact.last')} ${printable(lastSender)} ${isoTime(lastAt)}`);
  const lines = [reason, ...warnings].flatMap((each) => (each === undefined ? [] : [`  ${say(each)}`]));
  return [parts.join('  '), ...lines].join('\n');
}
