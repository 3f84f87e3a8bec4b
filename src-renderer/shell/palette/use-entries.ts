import { FileText, ScrollText, ShieldAlert } from '@lucide/vue';
import type { LucideIcon } from '@lucide/vue';
import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRouter } from 'vue-router';
import type { ThreatAddress } from '../../../src-preload/contract/threats.ts';
import { useBridge } from '../../bridge/index.ts';
import { SCREENS } from '../../router.ts';
import { availableCommands } from '../../state/commands.ts';
import { useStatus } from '../../state/status.ts';
import { useFormat } from '../../ui/use-format.ts';
import { match, type Hit } from './match.ts';

/** A line of the palette. */
export interface Entry {
  id: string;
  icon: LucideIcon;
  title: string;
  hits: Hit[];
  /** What else there is to say, in text-3. */
  note?: string | undefined;
  keys?: string | undefined;
  run: () => void;
}

export interface EntryGroup {
  /** Locale key: `palette.group.<name>`. */
  name: 'addresses' | 'actions' | 'sources' | 'logs' | 'screens';
  entries: Entry[];
}

const DAY_MS = 86_400_000;
/** Typing is faster than counting lines. */
const COUNT_DELAY_MS = 200;
const SHORTEST_SEARCH = 2;
const MAX_PER_GROUP = 6;
const MAX_ADDRESSES = 200;

type Candidate = Omit<Entry, 'hits'>;

/**
 * What the typed text may mean: addresses under attack, things to do, lines of the logs, screens. `>` leaves only
 * actions, `@` only sources. Without an engine, what needs none.
 */
export function useEntries(typed: Ref<string>): ComputedRef<EntryGroup[]> {
  const { t } = useI18n();
  const router = useRouter();
  const format = useFormat();
  const bridge = useBridge();
  const { status, down } = useStatus();
  const addresses = shallowRef<ThreatAddress[]>([]);
  const count = ref<number>();
  const left = new AbortController();
  onScopeDispose(() => left.abort());

  const prefix = computed(() => /^[>@]/.exec(typed.value)?.[0] ?? '');
  const text = computed(() => typed.value.slice(prefix.value.length).trim());

  if (!down.value) void loadAddresses();
  async function loadAddresses(): Promise<void> {
    const to = Date.now();
    try {
      const answer = await bridge.read(
        (engine, options) =>
          engine.threats.addresses({ range: { from: to - DAY_MS, to }, limit: MAX_ADDRESSES }, options),
        { signal: left.signal },
      );
      addresses.value = answer.addresses;
    } catch {
      // The palette is for going places; without them it still does.
      addresses.value = [];
    }
  }

  let asking: AbortController | undefined;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  watch([text, prefix], () => {
    asking?.abort();
    clearTimeout(waiting);
    count.value = undefined;
    if (prefix.value !== '' || text.value.length < SHORTEST_SEARCH || down.value) return;
    waiting = setTimeout(() => void countLines(text.value), COUNT_DELAY_MS);
  });
  onScopeDispose(() => {
    asking?.abort();
    clearTimeout(waiting);
  });
  async function countLines(wanted: string): Promise<void> {
    asking = new AbortController();
    const { signal } = asking;
    const to = Date.now();
    const range = { from: to - DAY_MS, to };
    try {
      const answer = await bridge.read(
        (engine, options) => engine.logs.count({ filter: { text: quoted(wanted), range } }, options),
        { signal },
      );
      if (!signal.aborted) count.value = answer.count;
    } catch {
      // No count is shown; the search itself will say what is wrong.
    }
  }

  const addressEntries = computed(() =>
    addresses.value.map(({ address, types, risk }): Candidate => ({
      id: `address ${address}`,
      icon: ShieldAlert,
      title: address,
      note: `${types.map((type) => t(`threats.type.${type}`)).join(' · ')} · ${t('palette.risk', { n: Math.round(risk) })}`,
      run: () => void router.push({ path: '/threats', query: { address } }),
    })),
  );
  const commandEntries = computed(() =>
    availableCommands(down.value).map(({ id, icon, title, keys, run }): Candidate => ({
      id,
      icon,
      title: title(),
      keys,
      run,
    })),
  );
  const sourceEntries = computed(() =>
    (status.value?.sources ?? [])
      .filter(({ kind }) => kind !== 'host')
      .map(({ id, name, state }): Candidate => ({
        id: `source ${id}`,
        icon: FileText,
        title: name,
        note: t(`severity.${state}`),
        run: () => void router.push({ path: '/settings', query: { page: 'sources' } }),
      })),
  );
  const screenEntries = computed(() =>
    SCREENS.map(({ id, icon, key }): Candidate => ({
      id: `screen ${id}`,
      icon,
      title: t(`shell.screen.${id}`),
      keys: `g ${key}`,
      run: () => void router.push({ name: id }),
    })),
  );
  const logEntry = computed((): Entry[] =>
    text.value.length < SHORTEST_SEARCH || down.value
      ? []
      : [
          {
            id: 'logs',
            icon: ScrollText,
            title: t('palette.lines', { text: text.value }),
            hits: [],
            note:
              count.value === undefined
                ? undefined
                : t('palette.lineCount', { n: format.number(count.value, 0) }, count.value),
            keys: 'Ctrl+Enter',
            run: () => void router.push({ path: '/logs', query: { q: quoted(text.value) } }),
          },
        ],
  );

  return computed(() => {
    const only = prefix.value;
    const groups: EntryGroup[] = [
      {
        name: 'addresses',
        entries: only === '' && text.value !== '' ? best(addressEntries.value, text.value) : [],
      },
      { name: 'actions', entries: only === '@' ? [] : best(commandEntries.value, text.value, only === '>') },
      { name: 'sources', entries: only === '@' ? best(sourceEntries.value, text.value, true) : [] },
      { name: 'logs', entries: only === '' ? logEntry.value : [] },
      { name: 'screens', entries: only === '' ? best(screenEntries.value, text.value, true) : [] },
    ];
    return groups.filter(({ entries }) => entries.length > 0);
  });
}

/** What was typed is meant as it stands, not as a query of several words. */
function quoted(text: string): string {
  return /[\s"-]/.test(text) ? `"${text.replaceAll('"', ' ')}"` : text;
}

function byName(id: string, typed: string): ReturnType<typeof match> {
  const hit = match(id, typed);
  return hit === undefined ? undefined : { rank: hit.rank + 1000, hits: [] };
}

function best(candidates: readonly Candidate[], typed: string, all = false): Entry[] {
  const found = candidates.flatMap((candidate) => {
    // By its English name as well: who types on a Japanese keyboard need not convert to go to the logs.
    const hit = match(candidate.title, typed) ?? byName(candidate.id, typed);
    return hit === undefined ? [] : [{ entry: { ...candidate, hits: hit.hits }, rank: hit.rank }];
  });
  const sorted = typed === '' ? found : found.sort((a, b) => a.rank - b.rank);
  return sorted.slice(0, all ? 12 : MAX_PER_GROUP).map(({ entry }) => entry);
}
