import { readonly, ref, type Ref } from 'vue';

interface Clock {
  /** UTC milliseconds, renewed once a second. */
  now: Readonly<Ref<number>>;
  /** IANA zone in which times are shown. */
  zone: string;
}

const now = ref(Date.now());
let timer: ReturnType<typeof setInterval> | undefined;

/** One ticking clock for the whole window: every "3 s ago" moves together and costs one timer. */
export function useClock(): Clock {
  timer ??= setInterval(() => {
    now.value = Date.now();
  }, 1000);
  return { now: readonly(now), zone: new Intl.DateTimeFormat().resolvedOptions().timeZone };
}
