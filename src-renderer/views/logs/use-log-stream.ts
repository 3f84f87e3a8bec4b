import { computed, onScopeDispose, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { LogFilter } from '../../../src-preload/contract/log-filter.ts';
import type { LogLine, SearchPage } from '../../../src-preload/contract/logs.ts';
import type { Push, TimeRange } from '../../../src-preload/contract/shared.ts';
import { Follow, type PauseReason } from './follow.ts';
import { findRow, JUMP_SEVERITIES, jumpTest, type JumpStep, type JumpTarget } from './jump.ts';
import { isGap, LineWindow, type LineGap, type StreamRow } from './line-window.ts';

/** Lines asked for at once: a few screens full. */
const PAGE_LINES = 400;
/** After so long a search says how far it is and is asked on. */
const SLICE_MS = 400;
const SCREEN_LINES = 60;
/** Lines of a level looked at for one that begins a record. */
const SOUGHT_LINES = 50;
/** While lines come in bulk a short list is asked for anew this often. */
const REFRESH_MS = 1000;
/** How far into the future a live search reaches: stamps of a clock that runs ahead are still shown. */
const CLOCK_AHEAD_MS = 86_400_000;

/** A line as a place among all others. */
type Edge = Pick<LogLine, 'id' | 'time'>;

export interface SearchInput {
  filter: LogFilter;
  direction: 'older' | 'newer';
  cursor?: string;
  /** Instead of a cursor: the page begins beyond this line. */
  beyond?: Edge;
  limit: number;
  budgetMs: number;
}

export interface LogStreamOptions {
  search: (input: SearchInput, signal: AbortSignal) => Promise<SearchPage>;
  /** What the stream shows (in highlight mode: without the text). Read at each call. */
  shown: () => LogFilter;
  /** What `n` jumps to: the filter with its text. */
  sought: () => LogFilter;
  isHit: (line: LogLine) => boolean | undefined;
  range: () => TimeRange;
  live: () => boolean;
}

export interface LogStream {
  rows: ShallowRef<readonly StreamRow[]>;
  /** First page under way: nothing to show yet. */
  loading: Ref<boolean>;
  /** A jump or a further page is under way. */
  paging: Ref<boolean>;
  /** Lines gone through by a search that takes long; 0 while none does. */
  scanned: Ref<number>;
  error: ShallowRef<unknown>;
  pauseReason: Ref<PauseReason | undefined>;
  waiting: Ref<number>;
  hasOlder: ComputedRef<boolean>;
  hasNewer: ComputedRef<boolean>;
  /** @param options anew: the lines shown answer another question; they go when this one can't be answered */
  reload: (options?: { anew?: boolean }) => Promise<void>;
  cancel: () => void;
  loadOlder: () => Promise<void>;
  loadNewer: () => Promise<void>;
  fillGap: (gap: LineGap) => Promise<void>;
  showAround: (line: LogLine) => Promise<number>;
  jump: (from: number, step: JumpStep, target: JumpTarget) => Promise<number>;
  receive: (push: Pick<Push<LogLine>, 'items' | 'dropped'>) => void;
  /** Lines may have come that no push brings. They are read before following goes on. */
  missed: () => void;
  /** So many lines are stored of what is shown: a list that is whole and has fewer was read before they came. */
  counted: (count: number) => void;
  pause: (reason: PauseReason) => void;
  /** The line is no longer selected: still paused, but scrolling to the end is enough to follow again. */
  release: () => void;
  resume: () => Promise<void>;
}

/** The stream's lines: pages from the store, the live tail, and the rules of following. Nothing in it is deeply reactive. */
export function useLogStream(options: LogStreamOptions): LogStream {
  const lines = new LineWindow();
  const follow = new Follow();
  const rows = shallowRef<readonly StreamRow[]>(lines.rows);
  const loading = ref(false);
  const paging = ref(false);
  const error = shallowRef<unknown>();
  const scanned = ref(0);
  const pauseReason = ref<PauseReason>();
  const waiting = ref(0);
  let running = new AbortController();
  let refreshing: ReturnType<typeof setTimeout> | undefined;
  /** The count that the list was last read anew for. */
  let askedFor = 0;

  function publish(): void {
    // A copy of 50,000 references takes 0.1 ms, and every reader sees that the list is another.
    rows.value = lines.rows.slice();
    pauseReason.value = follow.reason;
    waiting.value = follow.waiting;
  }

  function wholeRange(): TimeRange {
    const range = options.range();
    return options.live() ? { from: range.from, to: Math.max(range.to, Date.now()) + CLOCK_AHEAD_MS } : range;
  }

  function page(
    direction: 'older' | 'newer',
    filter: LogFilter,
    range: TimeRange,
    {
      beyond,
      cursor,
      limit = PAGE_LINES,
    }: { beyond?: Edge | undefined; cursor?: string | undefined; limit?: number } = {},
  ): Promise<SearchPage> {
    const input = { filter: { ...filter, range }, direction, limit, budgetMs: SLICE_MS };
    // Only what the contract knows of it goes over the wire.
    const edge = beyond && { beyond: { id: beyond.id, time: beyond.time } };
    return slices(cursor === undefined ? { ...input, ...edge } : input, cursor);
  }

  /** Asks on while a slice's time ran out before the page was full; how far it is shows meanwhile. */
  async function slices(input: Omit<SearchInput, 'cursor'>, from: string | undefined): Promise<SearchPage> {
    const { signal } = running;
    const older = input.direction === 'older';
    let found: LogLine[] = [];
    let scannedLines = 0;
    for (let cursor = from; ;) {
      const rest = { ...input, limit: input.limit - found.length };
      const { beyond: _done, ...onwards } = rest;
      const slice = await options.search(cursor === undefined ? rest : { ...onwards, cursor }, signal);
      found = older ? [...slice.lines, ...found] : [...found, ...slice.lines];
      scannedLines += slice.scannedLines;
      cursor = slice.cursor;
      const done = slice.partial !== true || found.length >= input.limit;
      if (!signal.aborted) scanned.value = done ? 0 : scannedLines;
      if (done) return { ...slice, lines: found, scannedLines };
    }
  }

  /** Runs one request; a newer reload makes its answer void. */
  async function run<Result>(busy: Ref<boolean>, work: () => Promise<Result>): Promise<Result | undefined> {
    const mine = running;
    busy.value = true;
    try {
      const result = await work();
      if (mine !== running) return undefined;
      error.value = undefined;
      return result;
    } catch (problem) {
      if (mine === running && !mine.signal.aborted) error.value = problem;
      return undefined;
    } finally {
      if (mine === running) busy.value = false;
    }
  }

  function cancel(): void {
    running.abort();
    running = new AbortController();
    loading.value = false;
    paging.value = false;
    scanned.value = 0;
  }

  async function reload({ anew = false } = {}): Promise<void> {
    cancel();
    follow.resume();
    if (anew) askedFor = 0;
    const found = await run(loading, () => page('older', options.shown(), wholeRange()));
    if (found === undefined) {
      if (loading.value) return;
      if (anew && error.value !== undefined) lines.reset([], { hasOlder: false, hasNewer: false });
      joinHeld();
      return;
    }
    lines.reset(found.lines, {
      olderCursor: found.cursor,
      hasOlder: found.cursor !== undefined,
      hasNewer: false,
    });
    joinHeld();
  }

  /** Shows what the tail brought while a page was under way, whatever became of the page. */
  function joinHeld(): void {
    if (!follow.paused) {
      const arrival = follow.resume();
      lines.append(arrival.lines, arrival.missing);
    }
    publish();
  }

  async function loadOlder(): Promise<void> {
    if (paging.value || loading.value || !lines.hasOlder) return;
    const [beyond, cursor] = [lines.oldest, lines.olderCursor];
    const found = await run(paging, () => page('older', options.shown(), wholeRange(), { beyond, cursor }));
    if (found === undefined) return;
    lines.prepend(found.lines, found.cursor);
    publish();
  }

  async function loadNewer(): Promise<void> {
    const newest = lines.newest;
    if (paging.value || loading.value || !lines.hasNewer || newest === undefined) return;
    const found = await run(paging, () => page('newer', options.shown(), wholeRange(), { beyond: newest }));
    if (found === undefined) return;
    lines.append(found.lines);
    lines.hasNewer = found.cursor !== undefined;
    publish();
  }

  async function fillGap(gap: LineGap): Promise<void> {
    const at = lines.indexOf(gap.id);
    const next = lines.rows[at + 1];
    const beyond = nearestLine(at, -1);
    const range = { from: gap.from, to: (next?.time ?? wholeRange().to) + 1 };
    const found = await run(paging, () => page('newer', options.shown(), range, { beyond, limit: 1000 }));
    if (found === undefined) return;
    lines.fill(gap.id, found.lines, found.cursor === undefined);
    publish();
  }

  /** Loads the stretch around a line; answers its index. */
  async function showAround(line: LogLine): Promise<number> {
    const loaded = lines.indexOf(line.id);
    if (loaded >= 0) return loaded;
    cancel();
    const { from, to } = wholeRange();
    const range = { from: Math.min(from, line.time), to: Math.max(to, line.time + 1) };
    const found = await run(paging, () =>
      Promise.all([
        page('older', options.shown(), range, { beyond: line }),
        page('newer', options.shown(), range, { beyond: line }),
      ]),
    );
    if (found === undefined) return -1;
    const [before, after] = found;
    // In between stands the line itself, also where the filter would not let it through.
    lines.reset([...before.lines, line, ...after.lines], {
      olderCursor: before.cursor,
      hasOlder: before.cursor !== undefined,
      hasNewer: after.cursor !== undefined,
    });
    follow.discard();
    publish();
    return lines.indexOf(line.id);
  }

  async function jump(from: number, step: JumpStep, target: JumpTarget): Promise<number> {
    const near = findRow(lines.rows, from, step, jumpTest(target, options.isHit));
    if (near.kind === 'found') return near.index;
    const atEnd = step === 1 ? !lines.hasNewer : !lines.hasOlder;
    if (near.kind === 'none' && atEnd) return -1;
    const end = step === 1 ? lines.newest : lines.oldest;
    const edge = near.kind === 'none' ? end : nearestLine(near.index, -step);
    const found = await seek(edge, step, target);
    return found === undefined ? -1 : showAround(found);
  }

  function nearestLine(index: number, step: number): LogLine | undefined {
    for (let at = index; lines.rows[at] !== undefined; at += step) {
      const row = lines.rows[at];
      if (row !== undefined && !isGap(row)) return row;
    }
    return undefined;
  }

  /** Asks the store for the next line beyond `edge`; without one, from the end that the jump leaves. */
  async function seek(
    beyond: Edge | undefined,
    step: JumpStep,
    target: JumpTarget,
  ): Promise<LogLine | undefined> {
    const filter =
      target === 'hit' ? options.sought() : { ...options.shown(), severities: JUMP_SEVERITIES[target] };
    const direction = step === 1 ? 'newer' : 'older';
    const limit = target === 'hit' ? 1 : SOUGHT_LINES;
    const found = await run(paging, () => page(direction, filter, wholeRange(), { beyond, limit }));
    const nearest = step === 1 ? found?.lines : found?.lines.toReversed();
    return nearest?.find((line) => line.continues !== true) ?? nearest?.[0];
  }

  /**
   * A history that is read in bulk comes without its lines: a list that does not even fill the screen is asked for anew, in
   * place of a gap with nothing around it.
   */
  function refreshSoon(): void {
    if (refreshing !== undefined) return;
    refreshing = setTimeout(() => {
      refreshing = undefined;
      if (!follow.paused && !loading.value && !paging.value) void reload();
    }, REFRESH_MS);
  }

  function missed(): void {
    lines.hasNewer = true;
    publish();
  }

  function counted(count: number): void {
    const whole = !lines.hasOlder && !lines.hasNewer && !loading.value && !paging.value;
    if (!whole || follow.paused || lines.rows.length >= count || count === askedFor) return;
    // Once: a line that is counted and yet on no page must not be asked for again and again.
    askedFor = count;
    void reload();
  }

  function receive(push: Pick<Push<LogLine>, 'items' | 'dropped'>): void {
    if (push.dropped > 0 && !follow.paused && lines.rows.length + push.items.length < SCREEN_LINES) {
      refreshSoon();
      lines.append(push.items);
      publish();
      return;
    }
    // A page failed, and yet lines come: it is worth asking again.
    if (error.value !== undefined && !follow.paused) refreshSoon();
    const arrival = follow.receive(push.items, push.dropped, loading.value || lines.hasNewer);
    if (arrival === undefined) {
      waiting.value = follow.waiting;
      return;
    }
    lines.append(arrival.lines, arrival.missing);
    publish();
  }

  function pause(reason: PauseReason): void {
    follow.pause(reason);
    pauseReason.value = follow.reason;
  }

  function release(): void {
    if (follow.reason === 'selected') follow.reason = 'scrolled';
    pauseReason.value = follow.reason;
  }

  async function resume(): Promise<void> {
    const arrival = follow.resume();
    if (lines.hasNewer) {
      publish();
      await reload();
      return;
    }
    lines.append(arrival.lines, arrival.missing);
    publish();
  }

  onScopeDispose(() => {
    clearTimeout(refreshing);
    cancel();
  });
  return {
    rows,
    loading,
    paging,
    scanned,
    error,
    pauseReason,
    waiting,
    // Both read `rows` so that they follow every publish.
    hasOlder: computed(() => rows.value.length >= 0 && lines.hasOlder),
    hasNewer: computed(() => rows.value.length >= 0 && lines.hasNewer),
    reload,
    cancel: () => {
      cancel();
      joinHeld();
    },
    loadOlder,
    loadNewer,
    fillGap,
    showAround,
    jump,
    receive,
    missed,
    counted,
    pause,
    release,
    resume,
  };
}
