import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Message } from '../../src-preload/contract/shared.ts';
import { NEEDED_NODE, NODE_PROBE } from '../needed-node.ts';

/** A Node answers within a tenth of a second; on a very busy machine a few. */
const PROBE_LIMIT_MS = 10_000;

/** A Node the engine can run on, or why there is none. */
export type NodeChoice = { path: string } | { reason: Message; detail: string };

export interface NodePlaces {
  /** Named by the user: this one and no other. */
  wanted: string | undefined;
  /** That came with the packages of a clone. */
  packaged: string | undefined;
  /** The PATH variable. */
  searchPath: string | undefined;
  platform: NodeJS.Platform;
}

/** The first Node that is new enough: the named one, else the packaged one, else what PATH has. */
export async function findNode(places: NodePlaces): Promise<NodeChoice> {
  const { wanted, packaged } = places;
  if (wanted !== undefined) return judge(wanted, await probe(wanted));
  const candidates = [...(packaged === undefined ? [] : [packaged]), ...namedInPath(places)];
  const tried: string[] = [];
  for (const path of candidates) {
    const found = await probe(path);
    if (isNewEnough(found)) return { path };
    // Most directories of PATH hold none, which is no news.
    if ('version' in found) tried.push(`${path} is ${found.version}`);
  }
  return {
    reason: { key: 'desktop.engine.noNode', parameters: { needed: NEEDED_NODE } },
    detail: tried.join(', '),
  };
}

type Probe = { version: string; willDo: boolean } | { error: string };

/** Asks it, since its name says nothing: `node` is whatever somebody installed once. */
async function probe(path: string): Promise<Probe> {
  try {
    const { stdout } = await promisify(execFile)(path, ['-p', NODE_PROBE], {
      timeout: PROBE_LIMIT_MS,
      windowsHide: true,
    });
    const [version = '', willDo] = stdout.trim().split(' ');
    return { version, willDo: willDo === 'true' };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function isNewEnough(found: Probe): boolean {
  return 'willDo' in found && found.willDo;
}

function judge(path: string, found: Probe): NodeChoice {
  if (isNewEnough(found)) return { path };
  if ('error' in found)
    return { reason: { key: 'desktop.engine.nodeUnusable', parameters: { path } }, detail: found.error };
  const { version } = found;
  const parameters = { path, version, needed: NEEDED_NODE };
  return { reason: { key: 'desktop.engine.nodeTooOld', parameters }, detail: version };
}

function namedInPath({ searchPath, platform }: NodePlaces): string[] {
  const name = platform === 'win32' ? 'node.exe' : 'node';
  const directories = (searchPath ?? '').split(delimiter).filter((directory) => directory !== '');
  return [...new Set(directories)].map((directory) => join(directory, name));
}
