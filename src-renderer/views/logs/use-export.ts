import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import { MAX_PAGE_LINES, type ExportMask } from '../../../src-preload/contract/limits.ts';
import type { ExportPage } from '../../../src-preload/contract/log-export.ts';
import type { LogFilter } from '../../../src-preload/contract/log-filter.ts';
import { useBridge } from '../../bridge/use-bridge.ts';
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

export interface LogExport {
  /** The newest lines as they would be written. */
  preview: ShallowRef<ExportPage | undefined>;
  look: (question: ExportQuestion) => Promise<void>;
  /** Lines gathered so far while a file is being made; undefined otherwise. */
  gathered: Ref<number | undefined>;
  /** There were more lines than a file may have. */
  cut: Ref<boolean>;
  problem: Ref<string>;
  /** Gathers the lines and asks where to save them; the path, or undefined when nothing was saved. */
  save: (question: ExportQuestion, name: string) => Promise<string | undefined>;
  cancel: () => void;
}

/** Lines as a file, masked by the engine: pages come newest first and are put in order here. */
export function useExport(): LogExport {
  const bridge = useBridge();
  const say = useFault();
  const preview = shallowRef<ExportPage>();
  const gathered = ref<number>();
  const cut = ref(false);
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

  async function gather(question: ExportQuestion, signal: AbortSignal): Promise<string[]> {
    const pages: string[] = [];
    let characters = 0;
    for (let cursor: string | undefined; ;) {
      const page = await ask(question, MAX_PAGE_LINES, cursor, signal);
      pages.unshift(page.text);
      characters += page.text.length;
      gathered.value = (gathered.value ?? 0) + page.lines;
      cursor = page.cursor;
      if (cursor === undefined) return [page.header, ...pages];
      if (gathered.value >= MAX_EXPORT_LINES || characters >= MAX_EXPORT_CHARACTERS) {
        cut.value = true;
        return [page.header, ...pages];
      }
    }
  }

  async function save(question: ExportQuestion, name: string): Promise<string | undefined> {
    saving = new AbortController();
    gathered.value = 0;
    cut.value = false;
    problem.value = '';
    try {
      const parts = await gather(question, saving.signal);
      const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
      return (await bridge.desktop.saveFile(name, bytes)) ?? undefined;
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
  return { preview, look, gathered, cut, problem, save, cancel };
}
