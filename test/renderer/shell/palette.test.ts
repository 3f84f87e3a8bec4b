import { afterEach, describe, expect, it } from 'vitest';
import AppShell from '../../../src-renderer/shell/AppShell.vue';
import { useSettings } from '../../../src-renderer/state/settings.ts';
import { axeFindings } from '../axe.ts';
import { mountScreen, type MountedScreen } from '../mount-screen.ts';

let screen: MountedScreen | undefined;
afterEach(() => {
  screen?.unmount();
  screen = undefined;
  useSettings().value = undefined;
});

async function shell(language: 'en' | 'ja' = 'en'): Promise<MountedScreen> {
  screen = await mountScreen(AppShell, { state: 'full', language, alone: false, settings: WELCOMED });
  await screen.until(() => expect(useSettings().value).toBeDefined());
  return screen;
}
const WELCOMED = { desktop: { welcomed: true } };

async function opened(language: 'en' | 'ja' = 'en'): Promise<MountedScreen> {
  const mounted = await shell(language);
  await mounted.press('k', { ctrlKey: true });
  await mounted.until(() => expect(mounted.wrapper.find('dialog.palette').exists()).toBe(true));
  return mounted;
}
const input = () => screen!.wrapper.get<HTMLInputElement>('dialog.palette input');
const options = (): string[] => screen!.wrapper.findAll('[role="option"]').map((each) => each.text());
const chosen = (): string => screen!.wrapper.get('[role="option"][aria-selected="true"]').text();
const key = (name: string, init: KeyboardEventInit = {}) =>
  input().trigger('keydown', { key: name, ...init });

describe('the command palette', () => {
  it('opens by key and by its field, closes by the key and by what is beside it', async () => {
    const { wrapper } = await opened();
    await key('k', { metaKey: true });
    expect(wrapper.find('dialog.palette').exists()).toBe(false);
    await wrapper.get('button.palette').trigger('click');
    expect(wrapper.find('dialog.palette').exists()).toBe(true);
    await wrapper.get('dialog.palette').trigger('click');
    expect(wrapper.find('dialog.palette').exists()).toBe(false);
  });

  it('goes to a screen with the keyboard alone', async () => {
    const { until, router } = await opened();
    await input().setValue('thr');
    await until(() =>
      expect(options()).toEqual(expect.arrayContaining([expect.stringContaining('Threats')])),
    );
    expect(chosen()).toMatch(/^Threats/);
    await key('ArrowDown');
    expect(chosen()).not.toMatch(/^Threats/);
    await key('ArrowUp');
    await key('Enter');
    await until(() => expect(router.currentRoute.value.path).toBe('/threats'));
  });

  it('finds a screen by its English name in the Japanese window', async () => {
    const { until } = await opened('ja');
    await input().setValue('threats');
    await until(() => expect(options().some((text) => text.startsWith('脅威'))).toBe(true));
  });

  it('finds an address, marks what was typed and tells what can be done', async () => {
    const { until, wrapper, router } = await opened();
    await input().setValue('203.0');
    await until(() => expect(options()[0]).toContain('203.0.113.42'));
    expect(wrapper.get('[role="option"] mark').text()).toBe('203.0');
    expect(options()).toEqual(expect.arrayContaining([expect.stringMatching(/attacker….*asks first/s)]));
    await key('Enter');
    await until(() => expect(router.currentRoute.value.fullPath).toBe('/threats?address=203.0.113.42'));
  });

  it('counts the lines that contain the text, and opens them with Ctrl+Enter', async () => {
    const { until, router } = await opened();
    await input().setValue('Failed password');
    await until(() =>
      expect(options().join()).toMatch(/Lines that contain Failed password.*41 lines in 24 h/s),
    );
    await key('Enter', { ctrlKey: true });
    await until(() => expect(router.currentRoute.value.query['q']).toBe('"Failed password"'));
    expect(router.currentRoute.value.path).toBe('/logs');
  });

  it('shows hostile text as text', async () => {
    const { until, wrapper } = await opened();
    await input().setValue('<img src=x>');
    await until(() => expect(options().join()).toContain('<img src=x>'));
    expect(wrapper.find('dialog.palette img').exists()).toBe(false);
  });

  it('offers one kind by its prefix', async () => {
    const { until } = await opened();
    await input().setValue('@auth');
    await until(() => expect(options()).toHaveLength(1));
    expect(options()[0]).toContain('/var/log/auth.log');
    await input().setValue('#sqli');
    await until(() => expect(options()[0]).toContain('sqli'));
    await input().setValue('>restart');
    await until(() => expect(options().every((text) => /restart/i.test(text))).toBe(true));
  });

  it('asks before it restarts the engine', async () => {
    const { until, wrapper, desktop } = await opened();
    await input().setValue('>restart');
    await until(() => expect(chosen()).toContain('Restart the engine…'));
    await key('Enter');
    await until(() => expect(wrapper.text()).toContain('Nothing is watched for a few seconds'));
    expect(desktop.restarts).toBe(0);
    await wrapper
      .findAll('dialog button')
      .find((button) => button.text() === 'Restart now')
      ?.trigger('click');
    expect(desktop.restarts).toBe(1);
  });

  it('switches theme and language at once', async () => {
    const { until, press } = await opened();
    await input().setValue('>theme');
    await until(() => expect(chosen()).toContain('Switch between dark and light'));
    await key('Enter');
    await until(() => expect(document.documentElement.dataset['theme']).toBe('light'));
    await press('k', { ctrlKey: true });
    await input().setValue('>日本語');
    await until(() => expect(chosen()).toContain('日本語で表示'));
    await key('Enter');
    await until(() => expect(document.documentElement.lang).toBe('ja'));
  });

  it('does nothing while the input method is choosing', async () => {
    const { wrapper, router } = await opened();
    await key('Enter', { isComposing: true });
    await key('Process');
    await key('ArrowDown', { isComposing: true });
    expect(wrapper.find('dialog.palette').exists()).toBe(true);
    expect(router.currentRoute.value.path).toBe('/overview');
    expect(screen?.wrapper.findAll('[role="option"]')[0]?.attributes('aria-selected')).toBe('true');
  });

  it('is not opened from within a composition', async () => {
    const { press, wrapper } = await shell();
    await press('k', { ctrlKey: true, isComposing: true });
    expect(wrapper.find('dialog.palette').exists()).toBe(false);
  });

  it('puts first what was chosen last', async () => {
    const { until, press, wrapper } = await opened();
    await input().setValue('alerts');
    await until(() => expect(options().some((text) => text.startsWith('Alerts'))).toBe(true));
    await key('Enter');
    await press('k', { ctrlKey: true });
    await until(() => expect(wrapper.get('.group').text()).toBe('Recent'));
    expect(options()[0]).toContain('Alerts');
  });

  it('goes on leading to screens while the engine is away, and offers no act', async () => {
    const { until, desktop, router } = await opened();
    desktop.setState({
      phase: 'down',
      since: Date.now(),
      attempt: 1,
      nextTryAt: Date.now() + 4000,
      end: { kind: 'crashed', code: 137 },
    });
    await input().setValue('re');
    await until(() => expect(options().join()).toContain('Restart now'));
    expect(options().join()).not.toMatch(/Lines that contain|diagnosis/);
    await input().setValue('logs');
    await until(() => expect(chosen()).toMatch(/^Logs/));
    await key('Enter');
    await until(() => expect(router.currentRoute.value.path).toBe('/logs'));
  });

  it.each(['en', 'ja'] as const)('has no serious finding of axe and no bare key in %s', async (language) => {
    const { until, wrapper } = await opened(language);
    await input().setValue('2');
    await until(() => expect(options().length).toBeGreaterThan(2));
    expect(wrapper.get('dialog.palette').text()).not.toMatch(/palette\.|shell\.|NaN|undefined/);
    expect(await axeFindings(wrapper.get('dialog.palette').element)).toEqual([]);
  });
});
