import { FileSearch, Regex, ScrollText, ShieldAlert, ShieldCheck, type LucideIcon } from '@lucide/vue';
import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { SCREENS, SHAPES } from '../../router.ts';
import { availableCommands } from '../../state/commands.ts';
import { useStatus } from '../../state/status.ts';
import { useFormat } from '../../ui/use-format.ts';
import { quoted } from '../../../src-preload/contract/query/print.ts';
import { best, scopeOf, type Entry, type Group, type GroupName, type Scope } from './entries.ts';
import { matchText, queryOf, type Match } from './match.ts';
import { useRecent } from './recent.ts';
import { useRemote } from './use-remote.ts';

/** Per group: the list stays in sight without scrolling for long. */
const LIMIT = 5;
/** Where one kind is asked for by its prefix. */
const LIMIT_ALONE = 30;

export interface Entries {
  groups: ComputedRef<readonly Group[]>;
  scope: ComputedRef<Scope>;
  /** What Ctrl+Enter opens. */
  lines: ComputedRef<Entry | undefined>;
}

/** Everything the palette offers for what is typed. Words count in both languages: few switch the input method first. */
export function useEntries(typed: () => string): Entries {
  const { t, locale, ...i18n } = useI18n();
  const format = useFormat();
  const { status, identity, down } = useStatus();
  const { recent } = useRecent();
  const parsed = computed(() => scopeOf(typed()));
  const scope = computed(() => parsed.value.scope);
  const rest = computed(() => parsed.value.rest);
  const query = computed(() => queryOf(rest.value));
  const remote = useRemote(scope, rest);

  function match(title: string, others: readonly string[] = []): Match | undefined {
    const found = matchText(title, query.value);
    if (found !== undefined) return found;
    const other = others.map((text) => matchText(text, query.value)).find((each) => each !== undefined);
    return other === undefined ? undefined : { score: other.score - 1, spans: [] };
  }
  const elsewhere = (key: string, parameters: Record<string, string> = {}): string =>
    t(key, parameters, { locale: locale.value === 'ja' ? 'en' : 'ja' });

  const places = computed(() => {
    const screens = SCREENS.map(({ id, icon, key }) => ({ id, icon, keys: `g ${key}` }));
    // The shapes show the present, of which a bundle has none.
    const shapes = identity.value?.mode === 'bundle' ? [] : SHAPES;
    return [...screens, ...shapes.map(({ id, icon }) => ({ id, icon, keys: undefined }))].map(
      ({ id, icon, keys }) => {
        const key = `shell.screen.${id}`;
        const found = match(t(key), [elsewhere(key), id]);
        return found && { id: `place:${id}`, icon, title: t(key), keys, to: { name: id }, ...found };
      },
    );
  });

  const actions = computed(() =>
    availableCommands(down.value).map(({ id, icon, title, keys, run }): Entry | undefined => {
      // By its name in the program as well: English, whatever language is shown.
      const found = match(title(), [id]);
      return found && { id: `action:${id}`, icon, title: title(), keys, run, ...found };
    }),
  );

  const addresses = computed(() =>
    (remote.addresses.value?.addresses ?? []).map((each): Entry | undefined => {
      const found = matchText(each.address, query.value);
      const type = each.types[0] ?? '';
      const name = i18n.te(`threats.type.${type}`) ? t(`threats.type.${type}`) : type;
      return (
        found && {
          id: `address:${each.address}`,
          icon: ShieldAlert,
          title: each.address,
          detail: t('palette.address', { type: name, risk: format.number(each.risk, 0) }),
          to: { path: '/threats', query: { address: each.address } },
          score: found.score + each.risk / 1000,
          spans: found.spans,
        }
      );
    }),
  );
  /** For the address that fits best: what can be done about it. */
  const addressActions = computed(() => {
    const [first] = query.value === '' ? [] : best(addresses.value, 1);
    if (first === undefined || down.value) return [];
    const { title: address, score } = first;
    const entry = (id: string, icon: LucideIcon, key: string, to: Entry['to']): Entry => {
      const title = t(key, { address });
      return {
        id: `${id}:${address}`,
        icon,
        title,
        score,
        to,
        spans: matchText(title, query.value)?.spans ?? [],
      };
    };
    return [
      entry('linesOf', ScrollText, 'palette.command.linesOf', {
        path: '/logs',
        query: { address, q: '', source: '' },
      }),
      {
        ...entry('allow', ShieldCheck, 'palette.command.allow', {
          path: '/threats',
          query: { address, act: 'allow' },
        }),
        detail: t('palette.asks'),
      },
    ];
  });

  const sources = computed(() =>
    (down.value ? [] : (status.value?.sources ?? []))
      .filter(({ kind }) => kind !== 'host')
      .map((each): Entry | undefined => {
        const found = matchText(each.name, query.value);
        return (
          found && {
            id: `source:${each.id}`,
            icon: ScrollText,
            title: each.name,
            detail: each.reason === undefined ? t(`severity.${each.state}`) : format.message(each.reason),
            to: { path: '/logs', query: { source: each.id, q: '', address: '' } },
            ...found,
          }
        );
      }),
  );

  const rules = computed(() =>
    (remote.rules.value ?? []).map((each): Entry | undefined => {
      const title = format.message(each.title);
      const found = match(title, [each.id]);
      return (
        found && {
          id: `rule:${each.id}`,
          icon: Regex,
          title,
          detail: each.id,
          to: { path: '/threats', query: { tab: 'rules' } },
          ...found,
        }
      );
    }),
  );

  const lines = computed((): Entry | undefined => {
    const text = rest.value.trim();
    if (down.value || scope.value !== 'all' || text === '') return undefined;
    const counted = remote.lines.value?.text === text ? remote.lines.value.count : undefined;
    const title = t('palette.lines', { text });
    const at = title.indexOf(text);
    return {
      id: `lines:${text}`,
      icon: FileSearch,
      title,
      spans: at === -1 ? [] : [{ from: at, to: at + text.length }],
      detail:
        counted === undefined
          ? t('palette.counting')
          : t('palette.lineCount', { n: format.number(counted, 0) }, counted),
      keys: 'Ctrl+Enter',
      to: {
        path: '/logs',
        query: {
          q: quoted(text),
          address: '',
          source: '',
          from: String(remote.span.from),
          to: String(remote.span.to),
        },
      },
      score: 0,
    };
  });

  const groups = computed((): Group[] => {
    const some = (name: GroupName, entries: readonly (Entry | undefined)[], limit = LIMIT): Group => ({
      name,
      entries: best(entries, limit),
    });
    const everything = [...actions.value, ...places.value, ...addresses.value, ...sources.value];
    const all: Group[] = {
      actions: () => [some('actions', actions.value, LIMIT_ALONE)],
      sources: () => [some('sources', sources.value, LIMIT_ALONE)],
      rules: () => [some('rules', rules.value, LIMIT_ALONE)],
      all: () => {
        if (query.value === '') {
          const known = recent.value.map((id) => everything.find((each) => each?.id === id));
          const shown = new Set(known.map((each) => each?.id));
          const rest = (entries: readonly (Entry | undefined)[]): (Entry | undefined)[] =>
            entries.filter((each) => !shown.has(each?.id));
          return [
            { name: 'recent' as const, entries: known.filter((each) => each !== undefined) },
            some('addresses', rest(addresses.value), 3),
            {
              name: 'actions' as const,
              entries: rest(actions.value)
                .filter((each) => each !== undefined)
                .slice(0, LIMIT),
            },
            { name: 'screens' as const, entries: rest(places.value).filter((each) => each !== undefined) },
          ];
        }
        return [
          some('addresses', addresses.value),
          some('actions', [...addressActions.value, ...actions.value]),
          some('sources', sources.value, 3),
          { name: 'logs' as const, entries: lines.value === undefined ? [] : [lines.value] },
          some('screens', places.value),
        ];
      },
    }[scope.value]();
    return all.filter(({ entries }) => entries.length > 0);
  });

  return { groups, scope, lines };
}
