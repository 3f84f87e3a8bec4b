import { afterEach, describe, expect, it } from 'vitest';
import AppShell from '../../../src-renderer/shell/AppShell.vue';
import { useSettings } from '../../../src-renderer/state/settings.ts';
import { forgetWelcome } from '../../../src-renderer/state/welcome.ts';
import Welcome from '../../../src-renderer/views/welcome/View.vue';
import { axeFindings } from '../axe.ts';
import type { FakeState } from '../fake-data.ts';
import { mountScreen, type MountedScreen } from '../mount-screen.ts';

let screen: MountedScreen | undefined;
afterEach(() => {
  screen?.unmount();
  screen = undefined;
  useSettings().value = undefined;
  forgetWelcome();
});

async function welcome(state: FakeState = 'full', language: 'en' | 'ja' = 'en'): Promise<MountedScreen> {
  screen = await mountScreen(Welcome, { state, language, path: '/welcome' });
  const { until, wrapper } = screen;
  await until(() => expect(useSettings().value).toBeDefined());
  await until(() => expect(wrapper.get('footer').text()).toMatch(/\d|alone|だけ/));
  return screen;
}
const text = (): string => screen!.wrapper.text();
const desktopSettings = () => useSettings().value?.settings.desktop;
const row = (path: string) =>
  screen!.wrapper
    .findAll('li')
    .find((each) => each.find('code').exists() && each.get('code').text() === path)!;

describe('the first run', () => {
  it('comes by itself in a window that was never welcomed', async () => {
    screen = await mountScreen(AppShell, { state: 'first', alone: false });
    const { until, router } = screen;
    await until(() => expect(router.currentRoute.value.path).toBe('/welcome'));
  });

  it('leads to Overview with Enter, and is written down', async () => {
    const { until, router, press } = await welcome('first');
    await press('Enter');
    await until(() => expect(router.currentRoute.value.path).toBe('/overview'));
    await until(() => expect(desktopSettings()?.welcomed).toBe(true));
  });

  it.each(['demo', 'bundle'] as const)('is no matter of a %s', async (mode) => {
    screen = await mountScreen(AppShell, { state: 'full', alone: false, mode });
    const { until, router, wrapper } = screen;
    await until(() => expect(wrapper.find('.banner').exists()).toBe(true));
    await until(() => expect(desktopSettings()?.welcomed).toBe(false));
    expect(router.currentRoute.value.path).toBe('/overview');
  });

  it('says that it watches already, and that nothing was sent', async () => {
    const { until, wrapper } = await welcome();
    await until(() => expect(wrapper.get('h1').text()).toBe('Already keeping watch'));
    expect(text()).toContain('No outside connection since start');
    await until(() => expect(text()).toContain('Start with 5 logs'));
  });

  it('reads no more what was unticked, at once', async () => {
    const { until } = await welcome();
    await until(() => expect(row('/var/log/auth.log')).toBeDefined());
    await row('/var/log/auth.log').get('input').setValue(false);
    await until(() => expect(text()).toContain('Start with 4 logs'));
    expect(row('/var/log/auth.log').text()).toContain('off');
  });

  it('says of a log that cannot be read why', async () => {
    const { until } = await welcome();
    await until(() => expect(row('/var/log/postgresql/*.log').text()).toContain('no permission to read'));
  });

  it('adds what was chosen, and says what was refused', async () => {
    const { until, desktop, wrapper } = await welcome();
    desktop.chosen = ['/srv/new.log'];
    const add = () => wrapper.findAll('button').find((button) => button.text() === 'Add');
    await add()?.trigger('click');
    await until(() => expect(row('/srv/new.log')).toBeDefined());
    desktop.chosen = ['relative.log'];
    await add()?.trigger('click');
    await until(() => expect(wrapper.get('[role="alert"]').text()).toContain('relative.log'));
  });

  it('ticks nothing that starts by itself, and does it when asked', async () => {
    const { until, desktop, wrapper } = await welcome();
    const switches = wrapper.findAll<HTMLInputElement>('[role="switch"]');
    await until(() => expect(switches.every((each) => each.attributes('disabled') === undefined)).toBe(true));
    expect(switches.map((each) => each.element.checked)).toEqual([false, false]);
    await switches[0]?.setValue(true);
    await until(() => expect(desktop.atSignIn.enabled).toBe(true));
    await switches[1]?.setValue(true);
    await until(() => expect(desktopSettings()?.whenClosed).toBe('hide'));
  });

  it('offers no start at sign-in where the system has none, and says so', async () => {
    screen = await mountScreen(Welcome, {
      state: 'full',
      path: '/welcome',
      atSignIn: { supported: false, enabled: false },
    });
    const { until, wrapper } = screen;
    await until(() => expect(text()).toContain('offers no start at sign-in'));
    expect(wrapper.findAll('[role="switch"]')[0]?.attributes('disabled')).toBeDefined();
  });

  it('switches language and theme at once', async () => {
    const { until, wrapper } = await welcome();
    await wrapper.get('input[value="ja"]').setValue(true);
    await until(() => expect(wrapper.get('h1').text()).toBe('もう見張りを始めています'));
    await wrapper.get('input[value="light"]').setValue(true);
    await until(() => expect(document.documentElement.dataset['theme']).toBe('light'));
  });

  it('opens a demo beside itself', async () => {
    const { until, desktop, wrapper } = await welcome();
    await wrapper.get('.demo').trigger('click');
    await until(() => expect(desktop.demos).toBe(1));
  });

  it('starts with the readings alone where there is no log', async () => {
    const { until } = await welcome('empty');
    await until(() => expect(text()).toContain('Start with readings alone'));
    expect(text()).toContain('No logs were found');
  });

  it.each(['full', 'empty', 'first', 'trouble'] as const)(
    'has no serious finding of axe and no bare key when %s, in both languages',
    async (state) => {
      for (const language of ['en', 'ja'] as const) {
        const { wrapper, unmount } = await welcome(state, language);
        expect(wrapper.text()).not.toMatch(/NaN|undefined|\b(welcome|overview|shell|settingsScreen)\.[a-z]/);
        expect(await axeFindings(document.body)).toEqual([]);
        unmount();
      }
      screen = undefined;
    },
  );
});
