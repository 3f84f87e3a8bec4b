import { useI18n } from 'vue-i18n';
import { useBridge } from '../../bridge/use-bridge.ts';
import { useToasts } from '../../state/toasts.ts';

/** Copies text and says whether that worked. Only within set-up. */
export function useCopyText(): (text: string) => Promise<void> {
  const { t } = useI18n();
  const bridge = useBridge();
  const toasts = useToasts();
  return async (text) => {
    try {
      await bridge.desktop.copyText(text);
      toasts.show({ state: 'ok', title: t('common.copied') });
    } catch {
      toasts.show({ state: 'error', title: t('common.notCopied') });
    }
  };
}
