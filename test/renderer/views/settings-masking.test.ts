import { afterEach, describe, expect, it } from 'vitest';
import type { Settings as SettingsInForce } from '../../../src-preload/contract/settings.ts';
import { useSettings } from '../../../src-renderer/state/settings.ts';
import { filterOf } from '../../../src-renderer/views/settings/MaskingLines.vue';
import Settings from '../../../src-renderer/views/settings/View.vue';
import { axeFindings } from '../axe.ts';
import type { FakeState } from '../fake-data.ts';
import { mountScreen, type MountedScreen } from '../mount-screen.ts';

let screen: MountedScreen | undefined;
afterEach(() => {
  screen?.unmount();
  useSettings().value = undefined;
});

async function masking(state: FakeState = 'full'): Promise<MountedScreen> {
  screen = await mountScreen(Settings, { state, path: '/settings?page=masking' });
  const { until } = screen;
  await until(() => expect(useSettings().value).toBeDefined());
  return screen;
}

function press({ wrapper }: MountedScreen, words: string): Promise<void> | undefined {
  return wrapper
    .findAll('button')
    .find((button) => button.text() === words)
    ?.trigger('click');
}

const rulesInForce = (): SettingsInForce['masking']['rules'] | undefined =>
  useSettings().value?.settings.masking.rules;

describe('masking rules', () => {
  it('are added, shown in the newest lines before they are kept, and saved', async () => {
    const mounted = await masking();
    const { wrapper, until } = mounted;
    await until(() => expect(wrapper.text()).toContain('No rules yet'));
    await press(mounted, 'Add a pattern');
    await wrapper.get('input[aria-label="Name"]').setValue('order');
    await wrapper.get('input[aria-label="Pattern order"]').setValue('ID-\\d+');
    await until(() => expect(wrapper.text()).toContain('164 of 2,000 lines'));
    const example = wrapper.get('table[aria-label="Examples for order"]');
    const [before, after] = example.findAll('td').map((cell) => cell.text());
    expect(before).toBe('order <b>ID-7</b> from 0');
    expect(after).toBe('order <b>[masked:order]</b> from 0');
    expect(example.get('.masked').text()).toBe('ID-7');
    expect(wrapper.text()).toContain('The rules took 2.5 µs a line.');
    await press(mounted, 'Save');
    await until(() =>
      expect(rulesInForce()).toEqual([{ kind: 'pattern', name: 'order', enabled: true, pattern: 'ID-\\d+' }]),
    );
    expect(await axeFindings(wrapper.element)).toEqual([]);
  });

  it('that can’t be used say why, beside the rule, while they are written', async () => {
    const mounted = await masking();
    const { wrapper, until } = mounted;
    await press(mounted, 'Add a pattern');
    await wrapper.get('input[aria-label="Pattern rule-1"]').setValue('(');
    await until(() => expect(wrapper.get('[role="alert"]').text()).toContain('missing closing )'));
    expect(wrapper.get('input[aria-label="Pattern rule-1"]').attributes('aria-invalid')).toBe('true');
    await wrapper.get('input[aria-label="Pattern rule-1"]').setValue('\\d+');
    await until(() => expect(wrapper.text()).toContain('every line is looked through'));
  });

  it('are switched off and removed', async () => {
    const mounted = await masking();
    const { wrapper, until } = mounted;
    await press(mounted, 'Add a field');
    await wrapper.get('input[aria-label="Field rule-1"]').setValue('customer_id');
    await wrapper.get('input[aria-label="Use rule-1"]').setValue(false);
    await press(mounted, 'Save');
    await until(() =>
      expect(rulesInForce()).toEqual([
        { kind: 'field', name: 'rule-1', enabled: false, field: 'customer_id' },
      ]),
    );
    await wrapper.get('button[aria-label="Remove rule-1"]').trigger('click');
    await until(() => expect(wrapper.text()).toContain('No rules yet'));
  });

  it('say that there are no lines to show them in', async () => {
    const { wrapper, until } = await masking('empty');
    await until(() => expect(wrapper.text()).toContain('No stored line matches'));
  });
});

describe('the lines of the preview', () => {
  it.each([
    [{ from: '', query: 'a OR b' }, { text: 'a OR b' }],
    [{ from: 'class:access', query: '' }, { text: 'class:access' }],
    [{ from: 'class:access', query: 'a OR b' }, { text: 'class:access (a OR b)' }],
    [
      { from: 'source:s1', query: 'a' },
      { text: 'a', sourceIds: ['s1'] },
    ],
  ])('of %o are asked for as %o', (wanted, filter) => {
    expect(filterOf(wanted)).toEqual(filter);
  });
});
