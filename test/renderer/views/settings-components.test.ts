import { afterEach, describe, expect, it } from 'vitest';
import { componentCheckSchema } from '../../../src-preload/contract/diagnosis.ts';
import Settings from '../../../src-renderer/views/settings/View.vue';
import {
  FIELDS_OF,
  isComplete,
  NEW_KINDS,
  newComponent,
  targetOf,
  type ComponentDraft,
} from '../../../src-renderer/views/settings/component-kinds.ts';
import { useSettings } from '../../../src-renderer/state/settings.ts';
import { axeFindings } from '../axe.ts';
import { mountScreen, type MountedScreen } from '../mount-screen.ts';

const COMMAND = {
  kind: 'command',
  name: 'GPU answers',
  program: 'nvidia-smi',
  arguments: ['-L'],
  weight: 4,
  severity: 'error',
};
let screen: MountedScreen | undefined;
afterEach(() => {
  screen?.unmount();
  screen = undefined;
  useSettings().value = undefined;
});

async function components(
  list: readonly object[] = [],
  language: 'en' | 'ja' = 'en',
): Promise<MountedScreen> {
  screen = await mountScreen(Settings, {
    state: 'full',
    path: '/settings?page=diagnosis',
    language,
    settings: { display: { language }, diagnosis: { components: list } },
  });
  const { wrapper, until } = screen;
  await until(() => expect(wrapper.find('.components').exists()).toBe(true));
  await until(() => expect(wrapper.findAll('.components select')[1]?.findAll('option')).toHaveLength(2));
  return screen;
}
const stored = (): readonly { name: string; kind: string; enabled: boolean }[] =>
  useSettings().value?.settings.diagnosis.components ?? [];
const button = ({ wrapper }: MountedScreen, name: string): ReturnType<typeof wrapper.get> => {
  const found = wrapper
    .findAll('button')
    .find((each) => (each.attributes('aria-label') ?? each.text()).startsWith(name));
  if (found === undefined) throw new Error(`no button ${name}`);
  return found;
};
const save = async (shown: MountedScreen): Promise<void> => button(shown, 'Save').trigger('click');

describe('component checks', () => {
  it.each(NEW_KINDS)('of kind %s are what the contract takes, within its bounds', (kind) => {
    const draft: ComponentDraft = { ...newComponent(kind), name: 'x' };
    for (const field of FIELDS_OF[kind]) {
      if (field.type === 'text' && draft[field.name] === '' && field.optional !== true) {
        expect(isComplete(draft)).toBe(false);
        Object.assign(draft, { [field.name]: field.name === 'url' ? 'http://127.0.0.1/' : 'x' });
      }
    }
    expect(isComplete(draft)).toBe(true);
    expect(componentCheckSchema.safeParse(draft).success).toBe(true);
    for (const field of FIELDS_OF[kind].filter(({ type }) => type === 'number')) {
      for (const [value, fits] of [
        [field.min, true],
        [(field.min ?? 0) - 1, false],
        [field.max, true],
        [(field.max ?? 0) + 1, false],
      ] as const) {
        const edge: ComponentDraft = { ...draft, [field.name]: value ?? '' };
        expect(isComplete(edge), `${field.name} ${value}`).toBe(fits);
        expect(componentCheckSchema.safeParse(edge).success, `${field.name} ${value}`).toBe(fits);
      }
    }
    expect(targetOf(draft)).not.toBe('');
  });

  it('say what to do while there are none', async () => {
    const { wrapper } = await components();
    expect(wrapper.get('.components').text()).toContain('Nothing is looked at yet');
  });

  it('are added by a form, tried, and written by the save bar', async () => {
    const shown = await components();
    const { wrapper, until } = shown;
    await wrapper.get('.components select').setValue('kind:port');
    const keep = (): ReturnType<typeof button> => button(shown, 'Take over');
    expect(keep().attributes('disabled')).toBeDefined();
    await wrapper.get('dialog input[type="text"]').setValue('Order gateway');
    await wrapper.get('dialog input[type="number"]').setValue('0');
    expect(keep().attributes('disabled')).toBeDefined();
    await wrapper.get('dialog input[type="number"]').setValue('9878');
    await button(shown, 'Try').trigger('click');
    await until(() => expect(wrapper.get('dialog').text()).toContain('Nothing listens on port 9878'));
    await keep().trigger('click');
    expect(stored()).toEqual([]);
    await save(shown);
    await until(() => expect(stored()).toMatchObject([{ kind: 'port', name: 'Order gateway', port: 9878 }]));
  });

  it('come from a preset, but for those that run a program: they are copied for the file', async () => {
    const shown = await components();
    const { wrapper, until } = shown;
    await wrapper.findAll('.components select')[1]?.setValue('order-gateway');
    await until(() => expect(wrapper.findAll('.components li')).toHaveLength(2));
    expect(wrapper.get('.components').text()).toContain('Only the settings file can name a program');
    expect(wrapper.get('.components').text()).not.toContain('nvidia-smi');
    await save(shown);
    await until(() => expect(stored().map(({ kind }) => kind)).toEqual(['process', 'http']));
  });

  it('that run a program can be renamed and switched off, not pointed at another program', async () => {
    const shown = await components([COMMAND]);
    const { wrapper, until } = shown;
    await button(shown, 'Edit “GPU answers”').trigger('click');
    expect(wrapper.get('dialog').text()).toContain('nvidia-smi -L');
    expect(wrapper.get('dialog').text()).toContain('Only the settings file can name a program');
    expect(wrapper.findAll('dialog input')).toHaveLength(1);
    await button(shown, 'Cancel').trigger('click');
    await wrapper.get('.components [role="switch"]').trigger('click');
    await until(() => expect(wrapper.text()).toContain('Component checks edited'));
    await save(shown);
    await until(() => expect(stored()[0]?.enabled).toBe(false));
    expect(stored()[0]).toMatchObject({ program: 'nvidia-smi', arguments: ['-L'] });
  });

  it('tell how a try went beside the check, and forget it when the list changes', async () => {
    const shown = await components([
      { kind: 'tcp', name: 'Feed', host: '127.0.0.1', port: 7000 },
      { kind: 'port', name: 'Gateway', port: 9878 },
    ]);
    const { wrapper, until } = shown;
    await button(shown, 'Try “Gateway”').trigger('click');
    await until(() => expect(wrapper.findAll('.components li')[1]?.text()).toContain('Nothing listens'));
    await button(shown, 'Delete “Feed”').trigger('click');
    await until(() => expect(wrapper.findAll('.components li')).toHaveLength(1));
    expect(wrapper.get('.components li').text()).not.toContain('Nothing listens');
  });

  it('have no serious finding of axe and no bare key, in both languages', async () => {
    for (const language of ['en', 'ja'] as const) {
      const shown = await components([COMMAND, { kind: 'port', name: 'Gateway', port: 9878 }], language);
      await shown.wrapper.get('.components select').setValue('kind:http');
      expect(shown.wrapper.text()).not.toMatch(/settingsScreen\.|NaN|undefined/);
      expect(await axeFindings(document.body)).toEqual([]);
      shown.unmount();
      useSettings().value = undefined;
    }
    screen = undefined;
  });
});
