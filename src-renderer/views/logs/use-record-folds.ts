import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { HitFinder } from '../../ui/log-segments.ts';
import { isGap, type StreamRow } from './line-window.ts';
import { foldRecords, partsOf, recordHeads, type FoldedRows } from './record-folds.ts';

export interface RecordFolds {
  shown: ComputedRef<FoldedRows>;
  /** Whether records are folded unless one was opened by itself, or the other way round. Kept on this machine. */
  all: Ref<boolean>;
  isFolded: (headId: string) => boolean;
  /** Folds or opens the record that this line is the first of, or a part of. */
  fold: (id: string, folded?: boolean) => void;
  foldAll: (folded: boolean) => void;
  /** The first line of this line's record; itself where it stands alone. */
  headOf: (id: string) => string;
  /** Matches that a folded record hides. */
  hitsIn: (headId: string) => number;
}

const KEY = 'yagura.logs.folded';
/** Of a record of thousands of lines, matches are counted in so many. */
const MAX_COUNTED_LINES = 500;

function kept(): boolean {
  try {
    return localStorage.getItem(KEY) === '1';
  } catch {
    return false;
  }
}

function keep(folded: boolean): void {
  try {
    localStorage.setItem(KEY, folded ? '1' : '0');
  } catch {
    // Full or switched off: it is only convenience.
  }
}

/**
 * Records of several lines, such as stack traces, each shown whole or by its first line.
 * @param selected moves to the record's first line when its own is folded away
 */
export function useRecordFolds(
  rows: Readonly<ShallowRef<readonly StreamRow[]>>,
  selected: Ref<string | undefined>,
  find: () => HitFinder,
): RecordFolds {
  const all = ref(kept());
  /** Records that are not as all the others are. */
  const others = shallowRef<ReadonlySet<string>>(new Set());
  const heads = computed(() => recordHeads(rows.value));
  const isFolded = (headId: string): boolean => all.value !== others.value.has(headId);
  const indexOf = (id: string): number => rows.value.findIndex((row) => row.id === id);

  function headOf(id: string): string {
    const head = heads.value[indexOf(id)] ?? -1;
    return rows.value[head]?.id ?? id;
  }

  function keepSelected(): void {
    if (selected.value === undefined) return;
    const head = headOf(selected.value);
    if (head !== selected.value && isFolded(head)) selected.value = head;
  }

  function fold(id: string, folded?: boolean): void {
    const head = headOf(id);
    const wanted = folded ?? !isFolded(head);
    if (wanted === isFolded(head)) return;
    const next = new Set(others.value);
    if (wanted === all.value) next.delete(head);
    else next.add(head);
    others.value = next;
    keepSelected();
  }

  function foldAll(folded: boolean): void {
    all.value = folded;
    others.value = new Set();
    keep(folded);
    keepSelected();
  }

  function hitsIn(headId: string): number {
    const finder = find();
    let hits = 0;
    for (const row of partsOf(rows.value, heads.value, indexOf(headId)).slice(0, MAX_COUNTED_LINES)) {
      if (!isGap(row)) hits += finder(row.text).length;
    }
    return hits;
  }

  return {
    shown: computed(() => foldRecords(rows.value, heads.value, isFolded)),
    all,
    isFolded,
    fold,
    foldAll,
    headOf,
    hitsIn,
  };
}
