import { FlaskConical, ShieldCheck } from '@lucide/vue';
import type { Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useCommands } from '../../state/commands.ts';
import type { ThreatDialog } from './follow-route.ts';

/** What the palette offers while Threats is on screen. */
export function useThreatCommands(shown: {
  selected: Ref<string | undefined>;
  dialog: Ref<ThreatDialog>;
  canAllow: () => boolean;
}): void {
  const { t } = useI18n();
  useCommands([
    {
      id: 'allow',
      icon: ShieldCheck,
      title: () => t('palette.command.allow', { address: shown.selected.value ?? '' }),
      keys: 'l',
      needsEngine: true,
      when: shown.canAllow,
      run: () => (shown.dialog.value = 'allow'),
    },
    {
      id: 'try',
      icon: FlaskConical,
      title: () => t('palette.command.tryLine'),
      keys: 't',
      needsEngine: true,
      run: () => (shown.dialog.value = 'try'),
    },
  ]);
}
