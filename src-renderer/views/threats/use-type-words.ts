import { useI18n } from 'vue-i18n';

/** Attack types in words. A type of a user's own rule has none: its name is shown, underscores as spaces. */
export function useTypeWords(): {
  word: (type: string) => string;
  words: (types: readonly string[]) => string;
} {
  const i18n = useI18n();
  const word = (type: string): string =>
    i18n.te(`threats.type.${type}`) ? i18n.t(`threats.type.${type}`) : type.replaceAll('_', ' ');
  return { word, words: (types) => types.map(word).join(' · ') };
}
