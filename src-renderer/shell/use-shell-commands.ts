import {
  ClipboardCopy,
  FileText,
  Keyboard,
  Languages,
  PackageOpen,
  Play,
  RotateCw,
  Stethoscope,
  SunMoon,
} from '@lucide/vue';
import { useI18n } from 'vue-i18n';
import { useRouter } from 'vue-router';
import { useAct, useBridge } from '../bridge/index.ts';
import { useCommands } from '../state/commands.ts';
import { useOutage } from '../state/outage.ts';
import { useSettingsUpdate, type SettingChange } from '../state/settings.ts';
import { useStatus } from '../state/status.ts';
import { useToasts } from '../state/toasts.ts';
import { useFault } from '../ui/fault.ts';

const DAY_MS = 86_400_000;

/** What can be done from everywhere. Screens offer their own. */
export function useShellCommands(show: { keys: () => void; openBundle: () => void }): void {
  const { t, locale } = useI18n();
  const router = useRouter();
  const { desktop } = useBridge();
  const { identity, down } = useStatus();
  const { restart, askRestart, copyDiagnostics } = useOutage();
  const update = useSettingsUpdate();
  const toasts = useToasts();
  const fault = useFault();
  const act = useAct();

  /** Says what went wrong; what went right shows itself. */
  async function tried(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      toasts.show({ state: 'error', title: fault(error) });
    }
  }
  const set = (change: SettingChange): Promise<void> => tried(() => update([change]));

  async function report(): Promise<void> {
    const to = Date.now();
    const range = { from: to - DAY_MS, to };
    const language = locale.value === 'ja' ? 'ja' : 'en';
    const made = await act.run((engine, options) =>
      engine.reports.create({ kind: 'security', range, language }, options),
    );
    if (made === undefined) toasts.show({ state: 'error', title: fault(act.error.value) });
    else void router.push({ path: '/reports', query: { id: made.id } });
  }

  useCommands([
    {
      id: 'diagnose',
      icon: Stethoscope,
      title: () => t('palette.command.diagnose'),
      needsEngine: true,
      run: () => void router.push({ path: '/diagnosis', query: { run: '1' } }),
    },
    {
      id: 'report',
      icon: FileText,
      title: () => t('palette.command.report'),
      needsEngine: true,
      run: () => void report(),
    },
    {
      id: 'theme',
      icon: SunMoon,
      title: () => t('palette.command.theme'),
      needsEngine: true,
      run: () =>
        void set({
          path: 'display.theme',
          value: document.documentElement.dataset['theme'] === 'light' ? 'dark' : 'light',
        }),
    },
    {
      id: 'language',
      icon: Languages,
      title: () => t('palette.command.language'),
      needsEngine: true,
      run: () => void set({ path: 'display.language', value: locale.value === 'ja' ? 'en' : 'ja' }),
    },
    {
      id: 'copy',
      icon: ClipboardCopy,
      title: () => t('palette.command.copy'),
      run: () => void copyDiagnostics(),
    },
    {
      id: 'restart',
      icon: RotateCw,
      title: () => t(down.value ? 'outage.restartNow' : 'palette.command.restart'),
      run: () => (down.value ? restart() : askRestart()),
    },
    {
      id: 'demo',
      icon: Play,
      title: () => t('palette.command.demo'),
      when: () => identity.value?.mode === 'normal',
      run: () => void tried(() => desktop.startDemo()),
    },
    {
      id: 'bundle',
      icon: PackageOpen,
      title: () => t('palette.command.bundle'),
      needsEngine: true,
      when: () => identity.value?.mode === 'normal',
      run: show.openBundle,
    },
    { id: 'keys', icon: Keyboard, title: () => t('palette.command.keys'), keys: '?', run: show.keys },
  ]);
}
