import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import { MAX_PAGE_LINES, type ExportMask } from '../../../src-preload/contract/limits.ts';
import type { ExportPage } from '../../../src-preload/contract/log-export.ts';
import type { LogFilter } from '../../../src-preload/contract/log-filter.ts';
import { useBridge } from '../../bridge/use-bridge.ts';
import { useStatus } from '../../state/status.ts';
import { readFault, useFault } from '../../ui/fault.ts';

/** More is a matter of the terminal: all of it is held in memory until it is saved. */
export const MAX_EXPORT_LINES = 200_000;
const MAX_EXPORT_CHARACTERS = 100_000_000;
const BUDGET_MS = 2000;
const PAGE_TIMEOUT_MS = 30_000;
/** Lines of which it is shown how they would be written. */
const SHOWN_LINES = 200;

export interface ExportQuestion {
  filter: LogFilter;
  format: 'csv' | 'jsonl';
  mask: ExportMask[];
}

/** What the audit trail keeps of a file. */
interface Recorded extends ExportQuestion {
  name: string;
  lines: number;
  cut: boolean;
}

export interface SavedExport {
  path: string;
  lines: number;
  /** There are older lines, which are not in the file. */
  cut: boolean;
  /** Why the audit trail has not confirmed its entry of the file; undefined when it has. */
  unrecorded: string | undefined;
  /** Asks for the entry again; gives what `unrecorded` is now. */
  recordAgain: () => Promise<string | undefined>;
}

export interface LogExport {
  /** The newest lines as they would be written. */
  preview: ShallowRef<ExportPage | undefined>;
  look: (question: ExportQuestion) => Promise<void>;
  /** Lines gathered so far while a file is being made; undefined otherwise. */
  gathered: Ref<number | undefined>;
  problem: Ref<string>;
  /** Gathers the lines, asks where to save them, and has that taken down; undefined when nothing was saved. */
  save: (question: ExportQuestion, name: string) => Promise<SavedExport | undefined>;
  cancel: () => void;
}

/** Lines as a file, masked by the engine: pages come newest first and are put in order here. */
export function useExport(): LogExport {
  const bridge = useBridge();
  const { identity } = useStatus();
  const say = useFault();
  const preview = shallowRef<ExportPage>();
  const gathered = ref<number>();
  const problem = ref('');
  let looking = new AbortController();
  let saving = new AbortController();

  const ask = (
    question: ExportQuestion,
    limit: number,
    cursor: string | undefined,
    signal: AbortSignal,
  ): Promise<ExportPage> =>
    bridge.read(
      (engine, options) =>
        engine.logs.exportPage(
          { ...question, limit, budgetMs: BUDGET_MS, ...(cursor !== undefined && { cursor }) },
          options,
        ),
      { signal, timeoutMs: PAGE_TIMEOUT_MS },
    );

  async function look(question: ExportQuestion): Promise<void> {
    looking.abort();
    looking = new AbortController();
    const { signal } = looking;
    try {
      const page = await ask(question, SHOWN_LINES, undefined, signal);
      if (signal.aborted) return;
      preview.value = page;
      problem.value = '';
    } catch (error) {
      if (!signal.aborted) problem.value = say(error);
    }
  }

  async function gather(
    question: ExportQuestion,
    signal: AbortSignal,
  ): Promise<{ parts: string[]; lines: number; cut: boolean }> {
    const pages: string[] = [];
    let characters = 0;
    let lines = 0;
    for (let cursor: string | undefined; ;) {
      const page = await ask(question, MAX_PAGE_LINES, cursor, signal);
      pages.unshift(page.text);
      characters += page.text.length;
      lines += page.lines;
      gathered.value = lines;
      cursor = page.cursor;
      const isFull = lines >= MAX_EXPORT_LINES || characters >= MAX_EXPORT_CHARACTERS;
      if (cursor === undefined || isFull)
        return { parts: [page.header, ...pages], lines, cut: cursor !== undefined };
    }
  }

  /** @returns why it is not sure that the entry was made */
  async function record(made: Recorded): Promise<string | undefined> {
    // What another copy handed over is shown and left as it is: its audit trail is not ours to continue.
    if (identity.value?.mode === 'bundle') return undefined;
    try {
      await bridge.act((engine, options) => engine.logs.recordExport(made, options));
      return undefined;
    } catch (error) {
      return say(error);
    }
  }

  async function save(question: ExportQuestion, name: string): Promise<SavedExport | undefined> {
    saving = new AbortController();
    gathered.value = 0;
    problem.value = '';
    try {
      const { parts, lines, cut } = await gather(question, saving.signal);
      const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
      const path = await bridge.desktop.saveFile(name, bytes);
      if (path === null) return undefined;
      // After it, since the file may yet be cancelled or refused: the trail must not tell of one that never was.
      const made = { ...question, name, lines, cut };
      const unrecorded = await record(made);
      return { path, lines, cut, unrecorded, recordAgain: () => record(made) };
    } catch (error) {
      if (readFault(error).kind !== 'CANCELLED') problem.value = say(error);
      return undefined;
    } finally {
      gathered.value = undefined;
    }
  }

  const cancel = (): void => saving.abort();
  onScopeDispose(() => {
    looking.abort();
    saving.abort();
  });
  return { preview, look, gathered, problem, save, cancel };
}
