import { computed, type ComputedRef, type Ref } from 'vue';
import type { LogSource } from '../../../src-preload/contract/log-sources.ts';
import type { SearchPage } from '../../../src-preload/contract/logs.ts';
import type { TimeRange } from '../../../src-preload/contract/shared.ts';
import type { Explanation, Finding, ThreatAddressDetail } from '../../../src-preload/contract/threats.ts';
import { useAnswer } from '../../bridge/use-answer.ts';
import { useCall, type CallState } from '../../bridge/use-call.ts';
import { evidenceOf, lanesOf, leadingFinding, spanOf, type EvidenceLine, type Lane } from './lanes.ts';

/** Lines of an address that its timeline draws; one answer carries no more. */
const MAX_TIMELINE_LINES = 1000;
/** What `threats.explain` takes. */
const MAX_EXPLAINED_LENGTH = 16_000;

export interface AddressStory {
  detail: CallState<ThreatAddressDetail | undefined>;
  /** The details once they are those of the selected address. */
  address: ComputedRef<ThreatAddressDetail | undefined>;
  findings: ComputedRef<Finding[]>;
  lead: ComputedRef<Finding | undefined>;
  evidence: ComputedRef<EvidenceLine[]>;
  /** What the timeline spans. */
  span: ComputedRef<TimeRange | undefined>;
  lines: CallState<SearchPage | undefined>;
  lanes: ComputedRef<Lane[]>;
  /** The line that completed the leading finding: what there is to explain. */
  decisive: ComputedRef<string | undefined>;
  explanation: CallState<Explanation | undefined>;
  sources: CallState<LogSource[]>;
}

/** All that the right side tells about one address: what it did, when, and why it was detected. */
export function useAddressStory(
  selected: Ref<string | undefined>,
  range: Readonly<Ref<TimeRange>>,
): AddressStory {
  const detail = useAnswer(
    () => (selected.value === undefined ? undefined : { address: selected.value, range: range.value }),
    (engine, input, options) => engine.threats.address(input, options),
  );
  const sources = useCall((engine, options) => engine.logs.sources(undefined, options));
  const address = computed(() =>
    detail.data.value?.address === selected.value ? detail.data.value : undefined,
  );
  const findings = computed(() => address.value?.findingsList ?? []);
  const lead = computed(() => leadingFinding(findings.value));
  const span = computed(() => address.value && spanOf(address.value.firstTime, address.value.lastTime));
  const lines = useAnswer(
    () =>
      address.value === undefined || span.value === undefined
        ? undefined
        : { filter: { address: address.value.address, range: span.value }, limit: MAX_TIMELINE_LINES },
    (engine, input, options) => engine.logs.search(input, options),
  );
  const decisive = computed(() => {
    const proof = lead.value?.evidence;
    const line = proof?.findLast((each) => each.offset === lead.value?.offset) ?? proof?.at(-1);
    return line?.text.slice(0, MAX_EXPLAINED_LENGTH);
  });
  return {
    detail,
    address,
    findings,
    lead,
    evidence: computed(() => evidenceOf(findings.value)),
    span,
    lines,
    lanes: computed(() => {
      if (span.value === undefined) return [];
      const classes = new Map((sources.data.value ?? []).map((source) => [source.id, source.logClass]));
      return lanesOf(span.value, lines.data.value?.lines ?? [], findings.value, classes);
    }),
    decisive,
    explanation: useAnswer(
      () => (decisive.value === undefined || decisive.value === '' ? undefined : { line: decisive.value }),
      (engine, input, options) => engine.threats.explain(input, options),
    ),
    sources,
  };
}
