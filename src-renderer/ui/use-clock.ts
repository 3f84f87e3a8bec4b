import { readonly, ref, type Ref } from 'vue';

interface Clock {
  /** UTC milliseconds, renewed once a second. */
  now: Readonly<Ref<number>>;
  /** IANA zone in which times are shown. */
  zone: string;
}

const zoneOfThisMachine = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

const now = ref(Date.now());
/** Asked once a second, not by every row of a list: to ask takes half a millisecond. */
let zone: string | undefined;
let timer: ReturnType<typeof setInterval> | undefined;

/** One ticking clock for the whole window: every "3 s ago" moves together and costs one timer. */
export function useClock(): Clock {
  timer ??= setInterval(() => {
    now.value = Date.now();
    zone = zoneOfThisMachine();
  }, 1000);
  zone ??= zoneOfThisMachine();
  return { now: readonly(now), zone };
}
