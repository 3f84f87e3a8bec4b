import { onBeforeUnmount, ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import { useI18n } from 'vue-i18n';
import type { ReportFormat, ReportInfo } from '../../../src-preload/contract/reports.ts';
import { gather, useBridge } from '../../bridge/index.ts';
import { useToasts } from '../../state/toasts.ts';
import { readFault, useFault } from '../../ui/fault.ts';
import { useFormat } from '../../ui/use-format.ts';
import { rememberReview, wasReviewed } from './reviewed.ts';
import { fileName } from './words.ts';

export interface Saving {
  /** What is being fetched, and how far that is; undefined while nothing is. */
  progress: Readonly<Ref<{ format: ReportFormat; done: number; total: number } | undefined>>;
  /** What was replaced is being looked at; `then`: the format that waits for it. */
  reviewing: ShallowRef<{ report: ReportInfo; then: ReportFormat | undefined } | undefined>;
  /** What leaves the machine is looked at once before. */
  ask: (report: ReportInfo, format: ReportFormat) => void;
  /** It was looked at: what waited goes on. */
  confirm: () => void;
  stop: () => void;
}

/** Takes a report's file out of the library, to where the user says. */
export function useSaving(): Saving {
  const { t } = useI18n();
  const words = useFormat();
  const say = useFault();
  const toasts = useToasts();
  const bridge = useBridge();
  const progress = ref<{ format: ReportFormat; done: number; total: number }>();
  const reviewing = shallowRef<{ report: ReportInfo; then: ReportFormat | undefined }>();
  let running: AbortController | undefined;
  onBeforeUnmount(() => running?.abort());

  function ask(report: ReportInfo, format: ReportFormat): void {
    if (progress.value !== undefined || !report.files.some((file) => file.format === format)) return;
    if (wasReviewed()) void save(report, format);
    else reviewing.value = { report, then: format };
  }

  function confirm(): void {
    const review = reviewing.value;
    reviewing.value = undefined;
    rememberReview();
    if (review?.then !== undefined) void save(review.report, review.then);
  }

  async function save(report: ReportInfo, format: ReportFormat): Promise<void> {
    const mine = new AbortController();
    running = mine;
    progress.value = { format, done: 0, total: 1 };
    try {
      const bytes = await gather(
        bridge,
        (offset) => (engine, options) => engine.reports.content({ id: report.id, format, offset }, options),
        { signal: mine.signal, onProgress: (done, total) => (progress.value = { format, done, total }) },
      );
      const lastDay = words.time(Math.max(report.range.from, report.range.to - 1), 'date');
      const path = await bridge.desktop.saveFile(fileName(report, format, lastDay), bytes);
      if (path !== null) toasts.show({ state: 'ok', title: t('reportsScreen.saved'), detail: path });
    } catch (fault) {
      if (readFault(fault).kind !== 'CANCELLED')
        toasts.show({ state: 'error', title: t('reportsScreen.notSaved'), detail: say(fault) });
    } finally {
      progress.value = undefined;
    }
  }

  return { progress, reviewing, ask, confirm, stop: () => running?.abort() };
}
