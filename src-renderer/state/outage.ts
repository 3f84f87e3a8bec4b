import { computed, ref, type ComputedRef, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useBridge } from '../bridge/index.ts';
import { useClock } from '../ui/use-clock.ts';
import { useFormat } from '../ui/use-format.ts';
import { useStatus } from './status.ts';
import { useToasts } from './toasts.ts';

/** The engine's absence in words, the same wherever it is told. */
export interface Outage {
  /** "10:41:52"; the last data where nobody knows better. */
  since: ComputedRef<string>;
  /** What is wrong and what happens to the data. */
  detail: ComputedRef<string>;
  /** "attempt 2", empty before the first. */
  attempt: ComputedRef<string>;
  /** "next try in 4 s", "trying now". */
  next: ComputedRef<string>;
  /** What ended it: "crashed (exit 137)". */
  cause: ComputedRef<string>;
  /** Share of the wait for the next try that is over, 0–1. */
  waited: ComputedRef<number>;
  restart: () => void;
  /** The question whether to restart an engine that runs is on screen. */
  asked: Ref<boolean>;
  askRestart: () => void;
  copyDiagnostics: () => Promise<void>;
}

const asked = ref(false);

/** Only within set-up. */
export function useOutage(): Outage {
  const { t } = useI18n();
  const format = useFormat();
  const clock = useClock();
  const toasts = useToasts();
  const { desktop } = useBridge();
  const { status, identity, connection } = useStatus();

  const since = computed(() => connection.value.since ?? status.value?.time);
  const detail = computed(() => {
    const reason = connection.value.end?.reason;
    if (reason !== undefined) return format.message(reason);
    return status.value === undefined
      ? t('outage.nothing')
      : t('outage.detail', { age: format.age(clock.now.value - status.value.time) });
  });
  const cause = computed(() => {
    const { end, silent } = connection.value;
    if (silent === true) return t('outage.cause.silent');
    if (end === undefined) return '';
    const fact = end.signal ?? (end.code === undefined ? end.detail : t('outage.code', { code: end.code }));
    const words = t(`outage.cause.${end.kind}`);
    return fact === undefined || fact === '' ? words : t('outage.causeWith', { words, fact });
  });
  const next = computed(() => {
    if (connection.value.trying) return t('outage.now');
    if (connection.value.nextTryAt === undefined) return '';
    const left = connection.value.nextTryAt - clock.now.value;
    return left > 0 ? t('outage.next', { duration: format.age(left) }) : t('outage.now');
  });
  const waited = computed(() => {
    const { waitingSince: from, nextTryAt, trying } = connection.value;
    if (trying || from === undefined || nextTryAt === undefined || nextTryAt <= from) return 1;
    return Math.min(1, Math.max(0, (clock.now.value - from) / (nextTryAt - from)));
  });

  return {
    since: computed(() => format.time(since.value)),
    detail,
    attempt: computed(() =>
      connection.value.attempt > 0 ? t('outage.attempt', { n: connection.value.attempt }) : '',
    ),
    next,
    cause,
    waited,
    asked,
    askRestart: () => {
      asked.value = true;
    },
    restart: () => {
      asked.value = false;
      desktop.restartEngine().catch(() => {
        toasts.show({ state: 'error', title: t('outage.notRestarted') });
      });
    },
    copyDiagnostics: async () => {
      const facts = {
        engine: connection.value,
        identity: identity.value,
        versions: desktop.versions,
        lastStatus: status.value,
      };
      try {
        await desktop.copyText(JSON.stringify(facts, null, 2));
        toasts.show({ state: 'ok', title: t('outage.copied') });
      } catch {
        toasts.show({ state: 'error', title: t('common.notCopied') });
      }
    },
  };
}
