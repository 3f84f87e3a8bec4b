import { onScopeDispose, ref, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { DetectionRule, ThreatAddress } from '../../../src-preload/contract/threats.ts';
import { useAnswer } from '../../bridge/use-answer.ts';
import { useStatus } from '../../state/status.ts';
import { quoted } from '../../../src-preload/contract/query/print.ts';
import type { Scope } from './entries.ts';

/** A pause in typing. */
const RESTS_MS = 250;
const DAY_MS = 86_400_000;
const MAX_ADDRESSES = 500;
/** One letter is in nearly every line. */
const LEAST_LENGTH = 2;

/** Parts of the palette that only the engine knows. */
export interface Remote {
  addresses: Readonly<ShallowRef<{ addresses: ThreatAddress[] } | undefined>>;
  rules: Readonly<ShallowRef<DetectionRule[] | undefined>>;
  /** Lines of the last day that contain the text it names. */
  lines: Readonly<ShallowRef<{ text: string; count: number } | undefined>>;
  counting: Readonly<Ref<boolean>>;
  /** The span that all of it is about. */
  span: { from: number; to: number };
}

/** Asks while the palette is open; what has been overtaken by more typing is cancelled. */
export function useRemote(scope: ComputedRef<Scope>, rest: ComputedRef<string>): Remote {
  const { down } = useStatus();
  const to = Date.now();
  const span = { from: to - DAY_MS, to };
  const addresses = useAnswer(
    () => (down.value ? undefined : { range: span, limit: MAX_ADDRESSES }),
    (engine, input, options) => engine.threats.addresses(input, options),
  );
  const rules = useAnswer(
    () => (down.value || scope.value !== 'rules' ? undefined : {}),
    async (engine, _question, options) => (await engine.threats.rules(undefined, options)).rules,
  );

  const rested = ref('');
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(rest, (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => (rested.value = text.trim()), RESTS_MS);
  });
  onScopeDispose(() => clearTimeout(timer));
  const lines = useAnswer(
    () =>
      down.value ||
      scope.value !== 'all' ||
      rested.value.length < LEAST_LENGTH ||
      rested.value !== rest.value.trim()
        ? undefined
        : { text: rested.value },
    async (engine, { text }, options) => {
      const { count } = await engine.logs.count({ filter: { text: quoted(text), range: span } }, options);
      return { text, count };
    },
  );
  return {
    addresses: addresses.data,
    rules: rules.data,
    lines: lines.data,
    counting: lines.loading,
    span,
  };
}
