import type { Clock } from './flow/clock.ts';
import type { ChunkSource } from './log-intake.ts';
import type { Pipeline } from './pipeline.ts';
import { ShareAccess, ShareLane } from './sources/logs/shares/lane.ts';
import { networkMounts, shareOf, type Mounts } from './sources/logs/shares/shares.ts';
import { LogTail, type FileSource, type FileSourceState } from './sources/logs/tail.ts';

export interface FileTailsOptions {
  pipeline: Pipeline;
  clock: Clock;
  lead: (source: ChunkSource) => void;
}

/** Local files have no share. */
const LOCAL = '';
/** Shares that are followed apart; what lies on further ones waits with the last. */
const MAX_SHARES = 50;
/** How often files of a share are looked at, milliseconds: each look is a question to its server. */
const SHARE_TIMINGS = { active: 1000, idle: 5000, watchedIdle: 5000, rescan: 30_000 };

/**
 * Follows files: those of this machine in one tail, those of each network share in one of its own, so that a share that
 * hangs holds up nothing else. Files whose looks the user has timed are apart as well.
 */
export class FileTails {
  readonly #options: FileTailsOptions;
  readonly #tails = new Map<string, LogTail>();
  readonly #access = new ShareAccess();
  readonly #groups = new Map<string, string>();
  #mounts: Mounts = [];

  constructor(options: FileTailsOptions) {
    this.#options = options;
  }

  /** Asks which shares are mounted: decides where sources go that are named from now on. */
  async lookForShares(platform: NodeJS.Platform): Promise<void> {
    this.#mounts = await networkMounts(platform);
  }

  setSources(sources: readonly FileSource[]): void {
    const groups = new Map<string, FileSource[]>([[LOCAL, []]]);
    for (const source of sources) {
      const group = this.#groupOf(source);
      groups.set(group, [...(groups.get(group) ?? []), source]);
    }
    for (const group of this.#tails.keys()) if (!groups.has(group)) groups.set(group, []);
    for (const [group, members] of groups) this.#tailOf(group, members[0]?.pollMs).setSources(members);
  }

  states(): FileSourceState[] {
    return [...this.#tails.values()].flatMap((tail) => tail.states());
  }

  async close(): Promise<void> {
    await Promise.all([...this.#tails.values()].map((tail) => tail.close()));
  }

  /** A source stays with its tail as long as the engine runs: that one knows how far it was read. */
  #groupOf(source: FileSource): string {
    const known = this.#groups.get(source.id);
    if (known !== undefined) return known;
    const group = this.#newGroupOf(source);
    this.#groups.set(source.id, group);
    return group;
  }

  #newGroupOf({ path, pollMs }: FileSource): string {
    const share = shareOf(path, this.#mounts);
    const group = pollMs === undefined ? (share ?? LOCAL) : `${share ?? LOCAL} ${pollMs}`;
    if (this.#tails.has(group) || this.#tails.size < MAX_SHARES) return group;
    return [...this.#tails.keys()].at(-1) ?? LOCAL;
  }

  #tailOf(group: string, pollMs: number | undefined): LogTail {
    const known = this.#tails.get(group);
    if (known !== undefined) return known;
    const { pipeline, clock, lead } = this.#options;
    const polled = pollMs === undefined ? {} : { active: pollMs, idle: pollMs };
    const tail = new LogTail({
      registry: pipeline.registry,
      known: pipeline.restored,
      clock,
      maxInFlight: pipeline.chunkLimit,
      ...(group === LOCAL
        ? {}
        : { lane: new ShareLane(this.#access, clock), timings: { ...SHARE_TIMINGS, ...polled } }),
    });
    this.#tails.set(group, tail);
    lead(tail);
    return tail;
  }
}
