import { nextTick, ref, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import type { LogLine } from '../../../src-preload/contract/logs.ts';
import type { JumpStep, JumpTarget } from './jump.ts';
import type { LogStream } from './use-log-stream.ts';
import type { RecordFolds } from './use-record-folds.ts';

/** What of the drawn list is needed to move in it. */
export interface MovableList {
  /** Id of the last line in sight. */
  lastInSight: () => string | undefined;
  revealLine: (id: string) => void;
}

export interface LineMoves {
  /** What a jump that found nothing says. */
  notice: Ref<string>;
  jump: (step: JumpStep, target: JumpTarget) => Promise<void>;
  /** Loads what is around a line if need be and selects it. */
  show: (line: LogLine) => Promise<void>;
  fold: (id: string, folded?: boolean) => void;
}

/** Ways to a line, wherever it is: not loaded yet, or folded into its record. */
export function useLineMoves(
  list: () => MovableList | null,
  stream: LogStream,
  folds: RecordFolds,
  selected: Ref<string | undefined>,
): LineMoves {
  const { t } = useI18n();
  const notice = ref('');
  const { rows } = stream;

  async function select(id: string): Promise<void> {
    if (folds.headOf(id) !== id) folds.fold(id, false);
    selected.value = id;
    await nextTick();
    list()?.revealLine(id);
  }

  async function jump(step: JumpStep, target: JumpTarget): Promise<void> {
    const start = selected.value ?? list()?.lastInSight();
    if (start === undefined) return;
    // Backwards the last line in sight may be found itself; a selected one is left.
    const beyond = selected.value === undefined && step === -1 ? 1 : 0;
    const from = rows.value.findIndex((row) => row.id === start) + beyond;
    stream.pause('scrolled');
    const index = await stream.jump(from, step, target);
    const row = rows.value[index];
    if (row === undefined) {
      notice.value = t(`logs.jump.none.${target}.${step === 1 ? 'newer' : 'older'}`);
      return;
    }
    await select(target === 'hit' ? row.id : folds.headOf(row.id));
    notice.value = '';
  }

  async function show(line: LogLine): Promise<void> {
    const index = await stream.showAround(line);
    const row = rows.value[index];
    if (row !== undefined) await select(row.id);
  }

  function fold(id: string, folded?: boolean): void {
    // What the reader looks at must not move away while it follows.
    stream.pause('scrolled');
    folds.fold(id, folded);
  }

  return { notice, jump, show, fold };
}
