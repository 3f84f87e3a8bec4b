import { computed, shallowRef, type ComputedRef } from 'vue';
import type { ReportInfo, ReportsState, ScheduleState } from '../../../src-preload/contract/reports.ts';
import { useFeed, type EngineError } from '../../bridge/index.ts';
import { useAnswer } from '../../bridge/use-answer.ts';
import { useSettings } from '../../state/settings.ts';

export interface ReportsView {
  /** Undefined until they are known. */
  reports: ComputedRef<readonly ReportInfo[] | undefined>;
  jobs: ComputedRef<ReportsState['jobs']>;
  failure: ComputedRef<ReportsState['failure']>;
  /** How the schedules fare, by name. */
  fares: ComputedRef<ReadonlyMap<string, ScheduleState>>;
  error: ComputedRef<EngineError | undefined>;
  retry: () => void;
  refreshSchedules: () => Promise<void>;
}

/** Reports, those being made, and schedules; asked anew whenever the engine says that they changed. */
export function useReports(): ReportsView {
  const settings = useSettings();
  const state = shallowRef<ReportsState>();
  const feed = useFeed<ReportsState>((engine, options) => engine.reports.watch(undefined, options), {
    onItems: (items) => (state.value = items.at(-1) ?? state.value),
  });
  const list = useAnswer(
    () => ({ revision: state.value?.revision ?? 0 }),
    (engine, _question, options) => engine.reports.list(undefined, options),
  );
  const schedules = useAnswer(
    () => ({
      revision: state.value?.revision ?? 0,
      failure: state.value?.failure?.jobId,
      schedules: settings.value?.settings.reports.schedules,
    }),
    (engine, _question, options) => engine.reports.schedules(undefined, options),
  );
  return {
    reports: computed(() => list.data.value),
    jobs: computed(() => state.value?.jobs ?? []),
    failure: computed(() => state.value?.failure),
    fares: computed(() => new Map(schedules.data.value?.map((each) => [each.name, each]))),
    error: computed(() => list.error.value ?? feed.error.value),
    retry: () => void list.refresh(),
    refreshSchedules: schedules.refresh,
  };
}
