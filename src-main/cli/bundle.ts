import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import {
  BUNDLE_PARTS,
  bundleRequestSchema,
  type BundleManifest,
  type BundleRequest,
} from '../../src-preload/contract/bundle.ts';
import { dataDirectory } from '../data-directory.ts';
import { makeBundleOffline } from '../engine/offline-bundle.ts';
import { openBundle } from '../engine/open-bundle.ts';
import type { Installation } from '../installation.ts';
import { attachToEngine, callLimit, type EngineClient } from '../wire/engine-client.ts';
import { CommandError, EXIT } from './exit.ts';
import { isoTime } from './terminal-text.ts';
import { parseTimeRange } from './time-range.ts';
import { failureToCommandError, loadWords, type Say } from './words.ts';

interface CreateOptions {
  out: string;
  range: string;
  parts: string[];
  passphraseFile?: string;
  maskAddresses?: boolean;
  data?: string;
  json?: boolean;
}

interface OpenOptions {
  into: string;
  passphraseFile?: string;
  json?: boolean;
}

/** Gathering a hundred thousand lines and encrypting them takes seconds. */
const CREATE_LIMIT_MS = 300_000;

/** Diagnostic bundles: what somebody else needs to see, without names and secrets. */
export function bundleCommand(installation: Installation): Command {
  return new Command('bundle')
    .description('hand over what was seen, without names and secrets')
    .addCommand(
      new Command('create')
        .description('gather, redact and pack; of a running engine or of a data directory at rest')
        .requiredOption('--out <file>', 'file to write')
        .option('--range <range>', '24h, 7d, or FROM..TO in ISO 8601', '24h')
        .option('--parts <part...>', `of ${BUNDLE_PARTS.join(', ')}`, [...BUNDLE_PARTS])
        .option('--passphrase-file <file>', 'encrypt with the first line of this file')
        .option('--mask-addresses', 'replace outside addresses too, those of attackers')
        .option('--data <directory>', 'data directory')
        .option('--json', 'the manifest as JSON')
        .action((options: CreateOptions) => told(installation, (say) => create(options, installation, say))),
    )
    .addCommand(
      new Command('open')
        .description('check a bundle and unpack it into a data directory of its own')
        .argument('<file>', 'bundle')
        .requiredOption('--into <directory>', 'folder in which that directory is made')
        .option('--passphrase-file <file>', 'the passphrase is the first line of this file')
        .option('--json', 'the manifest and the directory as JSON')
        .action((file: string, options: OpenOptions) =>
          told(installation, (say) => open(file, options, say)),
        ),
    );
}

async function told({ resources }: Installation, work: (say: Say) => Promise<void>): Promise<void> {
  const { say } = loadWords(resources);
  try {
    await work(say);
  } catch (error) {
    throw failureToCommandError(error, say);
  }
}

async function create(options: CreateOptions, installation: Installation, say: Say): Promise<void> {
  const directory = dataDirectory(options.data);
  const request = requestOf(options);
  const engine = await attachToEngine(directory);
  let made: { content: Uint8Array; manifest: BundleManifest };
  try {
    made =
      engine === undefined
        ? await makeBundleOffline(request, {
            ...installation,
            dataDirectory: directory,
            onProblem: ({ message }) => process.stderr.write(`yagura: ${say(message)}\n`),
          })
        : await fetchBundle(request, engine.client);
  } finally {
    engine?.close();
  }
  try {
    writeFileSync(options.out, made.content, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(EXIT.badInput, `${options.out} can’t be written: ${reason}`);
  }
  tell(made.manifest, options.json === true, { file: options.out, bytes: made.content.length });
}

function requestOf(options: CreateOptions): BundleRequest {
  const checked = bundleRequestSchema.safeParse({
    range: parseTimeRange(options.range, Date.now()),
    parts: options.parts,
    addresses: options.maskAddresses ?? false,
    passphrase: passphraseOf(options.passphraseFile),
  });
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new CommandError(EXIT.usage, `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function passphraseOf(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)[0];
  } catch {
    throw new CommandError(EXIT.badInput, `${file} can’t be read: the passphrase is its first line`);
  }
}

async function fetchBundle(
  request: BundleRequest,
  client: EngineClient,
): Promise<{ content: Uint8Array; manifest: BundleManifest }> {
  const { id, bytes, manifest } = await client.bundle.create(request, callLimit(CREATE_LIMIT_MS));
  const pieces: Buffer[] = [];
  for (let offset = 0; offset < bytes; offset += pieces.at(-1)?.length ?? bytes) {
    const { base64 } = await client.bundle.content({ id, offset }, callLimit());
    pieces.push(Buffer.from(base64, 'base64'));
  }
  return { content: Buffer.concat(pieces), manifest };
}

async function open(file: string, options: OpenOptions, say: Say): Promise<void> {
  const passphrase = passphraseOf(options.passphraseFile);
  const { directory, manifest } = await openBundle({
    path: file,
    passphrase,
    into: options.into,
  });
  tell(manifest, options.json === true, { directory });
  if (options.json !== true)
    process.stdout.write(`${say({ key: 'bundle.opened', parameters: { directory } })}\n`);
}

function tell(manifest: BundleManifest, json: boolean, facts: Record<string, string | number>): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...facts, manifest })}\n`);
    return;
  }
  const { host, range, files } = manifest;
  process.stdout.write(`${host}  ${isoTime(range.from)} .. ${isoTime(range.to)}\n`);
  for (const { name, items, leftOut, bytes, sha256 } of files) {
    const more = leftOut > 0 ? ` (+${leftOut})` : '';
    process.stdout.write(`  ${name.padEnd(18)} ${items}${more}  ${bytes} B  ${sha256.slice(0, 16)}\n`);
  }
}
