import { computed, type ComputedRef } from 'vue';
import type { LogSource } from '../../../src-preload/contract/log-sources.ts';
import type { LogLine } from '../../../src-preload/contract/logs.ts';
import { useCall } from '../../bridge/use-call.ts';
import { useSettings } from '../../state/settings.ts';
import { sourceNames } from './source-names.ts';

/** Ids of lines whose source was asked for; of more, all are forgotten, which costs a question. */
const MAX_ASKED = 1000;

export interface LogSources {
  /** undefined until the engine has told them. */
  sources: ComputedRef<readonly LogSource[] | undefined>;
  /** Short names by id. */
  names: ComputedRef<Map<string, string>>;
  refresh: () => Promise<void>;
  /** A line from a source that is not known: it was found, or added, since they were asked for. */
  meet: (lines: readonly LogLine[]) => void;
}

/** The sources as they are now: what is added while the lines are on screen has its name, too. */
export function useLogSources(): LogSources {
  const settings = useSettings();
  const call = useCall((engine, options) => engine.logs.sources(undefined, options), {
    on: [() => JSON.stringify(settings.value?.settings.logs)],
  });
  const names = computed(() => sourceNames(call.data.value ?? []));
  // A source that is read no more stays unknown: it is asked for once.
  const asked = new Set<string>();

  function meet(lines: readonly LogLine[]): void {
    if (asked.size > MAX_ASKED) asked.clear();
    const before = asked.size;
    for (const { sourceId } of lines) if (!names.value.has(sourceId)) asked.add(sourceId);
    if (asked.size > before) void call.refresh();
  }

  return { sources: computed(() => call.data.value), names, refresh: call.refresh, meet };
}
