import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import type { Alert } from '../../src-preload/contract/alerts.ts';
import type { RibbonCell } from '../../src-preload/contract/system.ts';
import { useCall } from '../bridge/index.ts';
import { useClock } from '../ui/use-clock.ts';
import { useEvery } from '../ui/use-every.ts';
import { useFormat } from '../ui/use-format.ts';
import { useOutage } from './outage.ts';
import { useStatus } from './status.ts';
import { verdictOf, wellSince, type Verdict } from './verdict.ts';

export const RIBBON_STEP_MS = 300_000;
const RIBBON_REFRESH_MS = 30_000;
/** So many are named in the line below the sentence. */
const NAMED = 2;

/** The one sentence, as Overview, wallboard and compact strip say it. */
export interface SpokenVerdict {
  verdict: ComputedRef<Verdict>;
  title: ComputedRef<string>;
  detail: ComputedRef<string>;
  /** Today, from local midnight. */
  cells: ComputedRef<readonly RibbonCell[]>;
  dayFrom: ComputedRef<number>;
}

/** Only within set-up. */
export function useVerdict(alerts: ComputedRef<readonly Alert[]>): SpokenVerdict {
  const { t } = useI18n();
  const format = useFormat();
  const clock = useClock();
  const outage = useOutage();
  const { status, identity, connection } = useStatus();

  /** Changes once a day. */
  const dayFrom = computed(() => new Date(clock.now.value).setHours(0, 0, 0, 0));
  const ribbon = useCall((engine, options) =>
    engine.system.ribbon({ from: dayFrom.value, stepMs: RIBBON_STEP_MS }, options),
  );
  useEvery(RIBBON_REFRESH_MS, ribbon.refresh);
  const cells = computed(() => ribbon.data.value ?? []);
  /** Nothing was watched before the engine started: the ribbon knows no earlier cell. */
  const isNew = computed(() => {
    const startedAt = identity.value?.startedAt ?? 0;
    return cells.value.every((cell) => cell.state === 'unknown' || cell.time + RIBBON_STEP_MS > startedAt);
  });
  const verdict = computed(() =>
    verdictOf({
      connection: connection.value.state,
      status: status.value,
      alerts: alerts.value,
      startedAt: identity.value?.startedAt,
      isNew: isNew.value,
      now: clock.now.value,
    }),
  );

  const title = computed(() => {
    const { kind, n } = verdict.value;
    const total = status.value?.sources.length ?? 0;
    return t(`overview.verdict.${kind}.title`, { n, total, time: outage.since.value }, n);
  });
  function alertWords(): string {
    const waiting = alerts.value.filter(
      (alert) => verdict.value.kind === 'watch' || alert.acknowledgedAt === undefined,
    );
    return waiting
      .slice(0, NAMED)
      .map((alert) => format.message(alert.title))
      .join(' · ');
  }
  const detail = computed(() => {
    const { kind } = verdict.value;
    if (kind === 'blind') return outage.detail.value;
    if (status.value === undefined) return t('overview.verdict.starting.detail');
    if (kind === 'act' || kind === 'watch') return alertWords();
    const facts = {
      sources: status.value.sources.length,
      rules: status.value.evaluation.rules,
      age: format.ago(status.value.evaluation.lastAt),
      lines: format.number(status.value.ingest.linesTotal, 0),
    };
    if (kind === 'first' || kind === 'partial') return t(`overview.verdict.${kind}.detail`, facts);
    const since = wellSince(cells.value);
    return since === undefined
      ? t('overview.verdict.ok.detail', facts)
      : t('overview.verdict.ok.since', { ...facts, duration: format.duration(clock.now.value - since) });
  });
  return { verdict, title, detail, cells, dayFrom };
}
