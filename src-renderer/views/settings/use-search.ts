import { computed, ref, type ComputedRef, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { FIELDS, PAGES, type PageId } from './fields.ts';
import { useFieldWords } from './use-field-words.ts';

interface Search {
  text: Ref<string>;
  /** Paths of fields that match; null while nothing is searched. */
  matching: ComputedRef<ReadonlySet<string> | null>;
  pages: ComputedRef<readonly PageId[]>;
}

/** Search inside settings: by the words on screen and by the name in the file. */
export function useSearch(): Search {
  const { t } = useI18n();
  const words = useFieldWords();
  const text = ref('');
  const wanted = computed(() => text.value.trim().toLowerCase());
  const has = (...texts: string[]): boolean =>
    texts.some((each) => each.toLowerCase().includes(wanted.value));

  const matching = computed(() =>
    wanted.value === ''
      ? null
      : new Set(
          FIELDS.filter(({ path }) => has(words.label(path), words.help(path), path)).map(({ path }) => path),
        ),
  );
  const pages = computed(() =>
    PAGES.filter(
      (page) =>
        matching.value === null ||
        has(t(`settingsScreen.page.${page}.title`), t(`settingsScreen.page.${page}.help`)) ||
        FIELDS.some((field) => field.page === page && matching.value?.has(field.path)),
    ),
  );
  return { text, matching, pages };
}
