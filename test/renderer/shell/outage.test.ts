import { afterEach, describe, expect, it } from 'vitest';
import AppShell from '../../../src-renderer/shell/AppShell.vue';
import { useSettings } from '../../../src-renderer/state/settings.ts';
import { axeFindings } from '../axe.ts';
import { mountScreen, type MountedScreen } from '../mount-screen.ts';

let screen: MountedScreen | undefined;
afterEach(() => {
  screen?.unmount();
  useSettings().value = undefined;
});

async function away(path: string, language: 'en' | 'ja' = 'en'): Promise<MountedScreen> {
  screen = await mountScreen(AppShell, {
    state: 'full',
    language,
    path,
    alone: false,
    settings: { desktop: { welcomed: true } },
  });
  await screen.until(() => expect(screen?.wrapper.text()).toContain('6/7'));
  screen.desktop.setState({
    phase: 'down',
    since: Date.now(),
    attempt: 2,
    nextTryAt: Date.now() + 4000,
    end: { kind: 'crashed', code: 137 },
  });
  return screen;
}
const bar = () => screen!.wrapper.find('section.down');

describe('an engine that went away', () => {
  it('is told on every screen with since when, why and what is tried', async () => {
    const { until } = await away('/logs');
    await until(() => expect(bar().text()).toMatch(/Not watching since \d\d:\d\d:\d\d/));
    expect(bar().text()).toContain('crashed (exit 137) · attempt 2 · next try in');
  });

  it('is told once on Overview, by its own first sentence', async () => {
    const { until, wrapper } = await away('/overview');
    await until(() => expect(wrapper.get('.strip').text()).toContain('Not watching'));
    expect(bar().exists()).toBe(false);
  });

  it('is still told while it starts again, and no more when it is back', async () => {
    const { until, desktop } = await away('/alerts');
    desktop.setState({ phase: 'starting', attempt: 3 });
    await until(() => expect(bar().text()).toContain('crashed (exit 137) · attempt 3 · trying now'));
    desktop.setState({ phase: 'up', generation: 2, attached: false });
    await until(() => expect(bar().exists()).toBe(false));
  });

  it('can be started at once, and its facts copied', async () => {
    const { until, desktop } = await away('/logs');
    await until(() => expect(bar().exists()).toBe(true));
    const [restart, copy] = bar().findAll('button');
    await restart?.trigger('click');
    expect(desktop.restarts).toBe(1);
    await copy?.trigger('click');
    await until(() => expect(desktop.copied[0]).toContain('"code": 137'));
  });

  it.each(['en', 'ja'] as const)(
    'leaves no serious finding of axe and no bare key in %s',
    async (language) => {
      const { until, wrapper } = await away('/logs', language);
      await until(() => expect(bar().exists()).toBe(true));
      expect(wrapper.text()).not.toMatch(/outage\.|NaN|undefined/);
      expect(await axeFindings(document.body)).toEqual([]);
    },
  );
});
