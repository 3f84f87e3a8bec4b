import { afterEach, describe, expect, it } from 'vitest';
import AppShell from '../../../src-renderer/shell/AppShell.vue';
import { useRange } from '../../../src-renderer/state/range.ts';
import { useSettings } from '../../../src-renderer/state/settings.ts';
import Compact from '../../../src-renderer/views/compact/View.vue';
import Wallboard from '../../../src-renderer/views/wallboard/View.vue';
import { axeFindings } from '../axe.ts';
import type { FakeState } from '../fake-data.ts';
import { mountScreen, type MountedScreen } from '../mount-screen.ts';

let screen: MountedScreen | undefined;
afterEach(() => {
  screen?.unmount();
  screen = undefined;
  useSettings().value = undefined;
});
const text = (): string => screen!.wrapper.text();

const SHAPES = [
  ['wallboard', Wallboard],
  ['compact', Compact],
] as const;

describe.each(SHAPES)('the %s', (_name, view) => {
  it.each(['full', 'empty', 'trouble', 'allWell', 'first'] as FakeState[])(
    'has no serious finding of axe and no bare key when %s, in both languages',
    async (state) => {
      for (const language of ['en', 'ja'] as const) {
        screen = await mountScreen(view, { state, language });
        await screen.until(() => expect(screen!.wrapper.get('h1').text()).not.toMatch(/^(Starting|起動)/));
        expect(text()).not.toMatch(/NaN|undefined|\b(overview|shell|outage|time|diagnose)\.[a-z]/);
        expect(await axeFindings(document.body)).toEqual([]);
        screen.unmount();
      }
      screen = undefined;
    },
  );

  it('says what is worst first, and since when', async () => {
    screen = await mountScreen(view, { state: 'full' });
    await screen.until(() => expect(text()).toContain('2 things need you now'));
    await screen.until(() => expect(screen!.wrapper.findAll('li')[0]?.text()).toMatch(/SSH brute.*11 min/));
  });

  it('never shows a past span as if it were now', async () => {
    useRange().show({ from: 1_000_000, to: 2_000_000 });
    screen = await mountScreen(view, { state: 'full' });
    expect(useRange().mode.value).toBe('live');
  });

  it('is left with Escape', async () => {
    screen = await mountScreen(view, { state: 'full', path: '/settings' });
    await screen.press('Escape');
    await screen.until(() => expect(screen!.router.currentRoute.value.path).toBe('/overview'));
  });

  it('says so when nothing is watched, and calls no alerts "no alerts"', async () => {
    screen = await mountScreen(view, { state: 'allWell' });
    await screen.until(() => expect(text()).toContain('All is well'));
    screen.desktop.setState({
      phase: 'down',
      since: Date.now(),
      attempt: 1,
      nextTryAt: Date.now() + 4000,
      end: { kind: 'crashed', code: 137 },
    });
    await screen.until(() => expect(text()).toMatch(/Not watching since.*crashed \(exit 137\)/s));
    expect(text()).not.toContain('No alerts');
  });
});

describe('the window', () => {
  it('takes the shape of the screen and is a normal one again after it', async () => {
    screen = await mountScreen(AppShell, {
      state: 'full',
      alone: false,
      settings: { desktop: { welcomed: true } },
    });
    const { desktop, router, until, wrapper } = screen;
    await until(() => expect(wrapper.find('nav').exists()).toBe(true));
    desktop.goTo('#/wallboard');
    await until(() => expect(wrapper.find('nav').exists()).toBe(false));
    await router.push('/compact');
    await router.push('/logs');
    await until(() => expect(wrapper.find('nav').exists()).toBe(true));
    expect(desktop.windowModes).toEqual(['wallboard', 'compact', 'normal']);
  });
});
