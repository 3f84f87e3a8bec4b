import { useI18n } from 'vue-i18n';
import type { SettingValue } from '../../state/settings.ts';
import { useFormat } from '../../ui/use-format.ts';
import { fieldAt, SIZE_UNITS, type Field } from './fields.ts';

export interface FieldWords {
  label: (path: string) => string;
  /** What it does; empty where the label says it. */
  help: (path: string) => string;
  option: (field: Field, value: string) => string;
  /** A value as the save bar tells it. */
  value: (path: string, value: SettingValue | undefined) => string;
}

/** The words of a field. */
export function useFieldWords(): FieldWords {
  const { t, ...i18n } = useI18n();
  const format = useFormat();

  /** The receiver's words are in a file of its own. */
  const keyOf = (path: string): string =>
    path.startsWith('receiver.')
      ? path.replace('receiver.', 'receiver.field.')
      : `settingsScreen.field.${path}`;

  const option = (field: Field, value: string): string =>
    field.path === 'notifications.minimumSeverity'
      ? t(`severity.${value}`)
      : t(
          field.page === 'receiver'
            ? `receiver.class.${value}`
            : `settingsScreen.option.${field.path.split('.').at(-1) ?? ''}.${value}`,
        );

  return {
    label: (path) => t(`${keyOf(path)}.label`),
    help: (path) => {
      const key = `${keyOf(path)}.help`;
      return i18n.te(key) ? t(key) : '';
    },
    option,
    value: (path, value) => {
      const field = fieldAt(path);
      if (value === undefined || field === undefined) return t('common.noValue');
      if (typeof value === 'boolean') return t(value ? 'settingsScreen.on' : 'settingsScreen.off');
      if (field.kind === 'choices' && Array.isArray(value))
        return value.length === 0
          ? t('settingsScreen.empty')
          : format.list(value.flatMap((each) => (typeof each === 'string' ? option(field, each) : [])));
      if (Array.isArray(value)) return t('settingsScreen.entries', { n: value.length }, value.length);
      if (typeof value === 'number') {
        const size = SIZE_UNITS[field.kind];
        if (size !== undefined) return `${format.number(value / size.bytes)} ${size.name}`;
        const text = format.number(value);
        return field.unit === undefined ? text : t(`settingsScreen.unit.${field.unit}`, { n: text });
      }
      if (typeof value !== 'string') return t('common.noValue');
      if (field.kind === 'select') return option(field, value);
      return value === '' ? t('settingsScreen.empty') : value;
    },
  };
}
