import { afterEach, describe, expect, it } from 'vitest';
import AppShell from '../../../src-renderer/shell/AppShell.vue';
import { useSettings } from '../../../src-renderer/state/settings.ts';
import { mountScreen, type MountedScreen } from '../mount-screen.ts';

let screen: MountedScreen | undefined;
afterEach(() => {
  screen?.unmount();
  useSettings().value = undefined;
});

async function strip(state: 'full' | 'trouble', language: 'en' | 'ja' = 'en'): Promise<MountedScreen> {
  screen = await mountScreen(AppShell, {
    state,
    language,
    path: '/logs',
    alone: false,
    settings: { desktop: { welcomed: true } },
  });
  await screen.until(() => expect(screen?.wrapper.get('.strip').text()).toMatch(/\d\/\d/));
  return screen;
}

describe('the strip at the foot of every screen', () => {
  it('leads to Yagura’s own troubles where there are any', async () => {
    const { wrapper, until } = await strip('trouble');
    await until(() => expect(wrapper.get('.strip .trouble').text()).toContain('Trouble 1'));
    const trouble = wrapper.get('.strip .trouble');
    expect(trouble.attributes('href')).toContain('settings?page=itself');
    expect(trouble.attributes('title')).toContain('was damaged and set aside');
  });

  it('says it in Japanese', async () => {
    const { wrapper, until } = await strip('trouble', 'ja');
    await until(() => expect(wrapper.get('.strip .trouble').text()).toContain('不具合 1'));
  });

  it('says nothing of it where there are none', async () => {
    const { wrapper, until } = await strip('full');
    await until(() => expect(wrapper.find('.strip .trouble').exists()).toBe(false));
  });
});
