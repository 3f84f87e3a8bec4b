import { computed, type ComputedRef, type Ref } from 'vue';
import type { Alert, AlertEvent } from '../../../src-preload/contract/alerts.ts';
import type { Series } from '../../../src-preload/contract/metrics.ts';
import type { TimeRange } from '../../../src-preload/contract/shared.ts';
import type { Finding } from '../../../src-preload/contract/threats.ts';
import { useAnswer } from '../../bridge/use-answer.ts';
import type { CallState } from '../../bridge/use-call.ts';
import { useClock } from '../../ui/use-clock.ts';
import { chartRange } from './groups.ts';

const CHART_POINTS = 240;
/** The chart of an alert that goes on moves in steps, so that it is not asked for every second. */
const CHART_STEP_MS = 15_000;
/** The finding of an alert is looked for among those around it. */
const MAX_FINDINGS = 500;
const FINDINGS_BEFORE_MS = 3_600_000;
const FINDINGS_AFTER_MS = 60_000;

export interface AlertDetail {
  detail: CallState<{ alert: Alert; events: AlertEvent[] } | undefined>;
  /** The alert as the list has it, else as its details do (a link may name one that is not listed). */
  alert: ComputedRef<Alert | undefined>;
  events: ComputedRef<AlertEvent[]>;
  /** What the chart spans. */
  span: ComputedRef<TimeRange>;
  chart: CallState<{ series: Series[] } | undefined>;
  findings: CallState<{ findings: Finding[] } | undefined>;
  finding: ComputedRef<Finding | undefined>;
}

/** All that the right side tells about one alert. */
export function useAlertDetail(
  selected: Ref<string | undefined>,
  listed: Readonly<Ref<Alert | undefined>>,
): AlertDetail {
  const clock = useClock();
  const detail = useAnswer(
    () => {
      if (selected.value === undefined) return undefined;
      // Part of the question, so that it is asked again when the alert changes under us.
      const { lastAt, acknowledgedAt, count, state } = listed.value ?? {};
      return { id: selected.value, changes: [lastAt, acknowledgedAt, count, state] };
    },
    (engine, { id }, options) => engine.alerts.alert({ id }, options),
  );
  const answered = computed(() =>
    detail.data.value?.alert.id === selected.value ? detail.data.value : undefined,
  );
  const alert = computed(() => listed.value ?? answered.value?.alert);
  const span = computed(() => {
    if (alert.value === undefined) return { from: 0, to: 1 };
    return chartRange(alert.value, Math.ceil(clock.now.value / CHART_STEP_MS) * CHART_STEP_MS);
  });
  const chart = useAnswer(
    () => {
      const series = alert.value?.series;
      if (series === undefined) return undefined;
      return { series: [{ ...series }], range: span.value, points: CHART_POINTS };
    },
    (engine, input, options) => engine.metrics.range(input, options),
  );
  const findings = useAnswer(
    () => {
      if (alert.value?.findingId === undefined) return undefined;
      const from = Math.max(0, alert.value.since - FINDINGS_BEFORE_MS);
      return { range: { from, to: alert.value.lastAt + FINDINGS_AFTER_MS }, limit: MAX_FINDINGS };
    },
    (engine, input, options) => engine.threats.findings(input, options),
  );
  return {
    detail,
    alert,
    events: computed(() => answered.value?.events ?? []),
    span,
    chart,
    findings,
    finding: computed(() => findings.data.value?.findings.find((each) => each.id === alert.value?.findingId)),
  };
}
