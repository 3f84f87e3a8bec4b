import { afterEach, describe, expect, it } from 'vitest';
import Overview from '../../../src-renderer/views/overview/View.vue';
import { axeFindings } from '../axe.ts';
import type { FakeState } from '../fake-data.ts';
import { mountScreen, type MountedScreen } from '../mount-screen.ts';

let screen: MountedScreen | undefined;
afterEach(() => screen?.unmount());

async function overview(state: FakeState, language: 'en' | 'ja' = 'en'): Promise<MountedScreen> {
  screen = await mountScreen(Overview, { state, language });
  return screen;
}
const headline = (): string => screen?.wrapper.get('.verdict h2').text() ?? '';

describe('overview', () => {
  it('opens with the sentence: what needs you', async () => {
    const { until, wrapper } = await overview('full');
    await until(() => expect(headline()).toBe('2 things need you now'));
    await until(() => expect(wrapper.text()).toContain('SSH brute force in progress'));
  });

  it('says the same in Japanese', async () => {
    const { until } = await overview('full', 'ja');
    await until(() => expect(headline()).toBe('いま対応が必要なことが 2 件あります'));
  });

  it('when all is well is calm: a green line instead of a table', async () => {
    const { until, wrapper } = await overview('allWell');
    await until(() => expect(headline()).toBe('All is well'));
    await until(() => expect(wrapper.text()).toContain('No alerts'));
    expect(wrapper.find('[role="grid"]').exists()).toBe(false);
  });

  it('says in every problem row the value and its limit', async () => {
    const { until, wrapper } = await overview('full');
    await until(() => expect(wrapper.text()).toMatch(/84%\s*> 80%/));
  });

  it('acknowledges the selected problem by key, and shows who did', async () => {
    const { until, wrapper, press } = await overview('full');
    await until(() => expect(wrapper.findAll('[data-index]').length).toBe(4));
    await press('j');
    await press('a');
    await until(() => expect(wrapper.findAll('[data-index]')[0]?.text()).toContain('Sato'));
  });

  it('opens the selected alert with Enter', async () => {
    const { until, wrapper, press, router } = await overview('full');
    await until(() => expect(wrapper.findAll('[data-index]').length).toBe(4));
    await press('j');
    await press('j');
    await press('Enter');
    await until(() => expect(router.currentRoute.value.fullPath).toBe('/alerts?id=cpu'));
  });

  it('when the engine goes away says since when, disables acts, and asks for no hope', async () => {
    const { until, wrapper, desktop } = await overview('full');
    await until(() => expect(wrapper.findAll('[data-index]').length).toBe(4));
    desktop.setState({
      phase: 'down',
      since: Date.now(),
      attempt: 2,
      nextTryAt: Date.now() + 4000,
      end: { kind: 'crashed', code: 137 },
    });
    await until(() => expect(headline()).toMatch(/^Not watching since \d\d:\d\d:\d\d$/));
    expect(wrapper.get('.verdict').text()).toContain('exit 137');
    const acts = wrapper.findAll('[data-index] button');
    expect(acts.length).toBeGreaterThan(0);
    expect(acts.every((button) => button.attributes('disabled') !== undefined)).toBe(true);
    const [restart, copy] = wrapper.findAll('.verdict .acts button');
    await restart?.trigger('click');
    expect(desktop.restarts).toBe(1);
    await copy?.trigger('click');
    await until(() => expect(desktop.copied[0]).toContain('"code": 137'));
  });

  it('never writes NaN, undefined or a bare key', async () => {
    for (const state of ['full', 'empty', 'trouble', 'allWell', 'first'] as const) {
      const { until, wrapper } = await overview(state);
      await until(() => expect(wrapper.text()).toContain('TRADE-WS01'));
      expect(wrapper.text()).not.toMatch(/NaN|undefined|\b(overview|shell|common|time)\.[a-z]/);
      screen?.unmount();
    }
    screen = undefined;
  });

  it.each(['full', 'empty', 'trouble', 'allWell'] as const)(
    'has no serious finding of axe when %s',
    async (state) => {
      const { until, wrapper } = await overview(state);
      await until(() => expect(wrapper.text()).toContain('TRADE-WS01'));
      expect(await axeFindings(document.body)).toEqual([]);
    },
  );
});
