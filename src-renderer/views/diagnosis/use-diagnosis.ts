import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type {
  Diagnosis,
  DiagnosisDifference,
  DiagnosisState,
  DiagnosisSummary,
  TopFix,
} from '../../../src-preload/contract/diagnosis.ts';
import { useAnswer } from '../../bridge/use-answer.ts';
import { useFeed, type EngineError } from '../../bridge/index.ts';

/** Runs offered to look at and to compare with. */
const MAX_RUNS = 100;
/** Runs the trend of a score shows. */
export const TREND_RUNS = 12;

export interface DiagnosisView {
  /** Undefined until the engine has told it. */
  state: ShallowRef<DiagnosisState | undefined>;
  runs: ComputedRef<readonly DiagnosisSummary[]>;
  /** The run that is shown; the newest unless another was chosen. */
  run: ComputedRef<Diagnosis | undefined>;
  fixes: ComputedRef<readonly TopFix[]>;
  isNewest: ComputedRef<boolean>;
  /** Id of the run to show; undefined: always the newest. */
  chosen: Ref<string | undefined>;
  /** Id of the run to compare with; undefined: the one before. */
  compared: Ref<string | undefined>;
  earlier: ComputedRef<DiagnosisSummary | undefined>;
  difference: ComputedRef<DiagnosisDifference | undefined>;
  error: ComputedRef<EngineError | undefined>;
  retry: () => void;
}

/** All that the screen reads. A new run is asked for as soon as the engine tells of it. */
export function useDiagnosis(): DiagnosisView {
  const state = shallowRef<DiagnosisState>();
  const feed = useFeed<DiagnosisState>((engine, options) => engine.diagnosis.watch(undefined, options), {
    onItems: (items) => (state.value = items.at(-1) ?? state.value),
  });
  const chosen = ref<string>();
  const compared = ref<string>();

  const newest = computed(() => state.value?.latest?.id);
  const shownId = computed(() => chosen.value ?? newest.value);
  const runs = useAnswer(
    () => (newest.value === undefined ? undefined : { newest: newest.value }),
    (engine, _question, options) => engine.diagnosis.runs({ limit: MAX_RUNS }, options),
  );
  const answer = useAnswer(
    () => (shownId.value === undefined ? undefined : { id: shownId.value }),
    (engine, question, options) => engine.diagnosis.run(question, options),
  );

  const ordered = computed(() => runs.data.value ?? []);
  const run = computed(() => answer.data.value?.run);
  /** Of the run shown, the one just before it. */
  const before = computed(() => {
    const at = ordered.value.findIndex((each) => each.id === shownId.value);
    return at === -1 ? undefined : ordered.value[at + 1];
  });
  const earlier = computed(
    () =>
      ordered.value.find((each) => each.id === compared.value && each.id !== shownId.value) ?? before.value,
  );
  const difference = useAnswer(
    () =>
      earlier.value === undefined || shownId.value === undefined
        ? undefined
        : { from: earlier.value.id, to: shownId.value },
    (engine, question, options) => engine.diagnosis.difference(question, options),
  );

  return {
    state,
    runs: ordered,
    run,
    fixes: computed(() => answer.data.value?.fixes ?? []),
    isNewest: computed(() => shownId.value === newest.value),
    chosen,
    compared,
    earlier,
    difference: computed(() =>
      difference.data.value?.to.id === shownId.value ? difference.data.value : undefined,
    ),
    error: computed(() => answer.error.value ?? runs.error.value ?? feed.error.value),
    retry: () => {
      void answer.refresh();
      void runs.refresh();
    },
  };
}
