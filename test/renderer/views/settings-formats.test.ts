import { afterEach, describe, expect, it } from 'vitest';
import { customFormatSchema } from '../../../src-preload/contract/log-formats.ts';
import {
  draftOf,
  editedFormat,
  freeName,
  levelsOf,
  newFormat,
  storedFormat,
} from '../../../src-renderer/views/settings/formats.ts';
import { useSettings } from '../../../src-renderer/state/settings.ts';
import Settings from '../../../src-renderer/views/settings/View.vue';
import { axeFindings } from '../axe.ts';
import { mountScreen, type MountedScreen } from '../mount-screen.ts';

let screen: MountedScreen | undefined;
afterEach(() => {
  screen?.unmount();
  screen = undefined;
  useSettings().value = undefined;
});

const GYOMU = { kind: 'pattern', name: 'gyomu', pattern: '{time} {message}', multiline: false };

async function formats(list: readonly object[]): Promise<MountedScreen> {
  const sources = list.length === 0 ? [] : [{ path: '/srv/a.log', enabled: true, format: 'gyomu' }];
  const logs = { formats: list, sources };
  screen = await mountScreen(Settings, {
    state: 'full',
    path: '/settings?page=formats',
    language: 'en',
    settings: { display: { language: 'en' }, logs },
  });
  await screen.until(() => expect(screen?.wrapper.find('.bar').exists()).toBe(true));
  return screen;
}
const button = ({ wrapper }: MountedScreen, name: string): ReturnType<typeof wrapper.get> => {
  const found = wrapper
    .findAll('button')
    .find((each) => (each.attributes('aria-label') ?? each.text()).startsWith(name));
  if (found === undefined) throw new Error(`no button ${name}`);
  return found;
};

describe('a format while it is edited', () => {
  it('is what the contract takes, and comes back as it was', () => {
    for (const kind of ['pattern', 'json'] as const) {
      const edited = {
        ...newFormat('x'),
        kind,
        pattern: kind === 'pattern' ? '{message}' : '',
        levels: 'W = warning',
      };
      const stored = storedFormat(edited);
      expect(customFormatSchema.safeParse(stored).error).toBeUndefined();
      expect(editedFormat(stored)).toEqual(edited);
    }
  });

  it('words for levels are read line by line, rubbish is passed over', () => {
    expect(levelsOf('W = warning\n\nE=error\nnothing\n= info')).toEqual({ W: 'warning', E: 'error' });
  });

  it('is asked about without its name, so that an empty one is no fault of the pattern', () => {
    expect(draftOf(newFormat(''))).not.toHaveProperty('name');
    expect(freeName('a', ['a', 'a 2'])).toBe('a 3');
  });
});

describe('the page of formats', () => {
  it('shows what a pattern makes of pasted lines, and why the first does not match', async () => {
    const { wrapper, until } = await formats([GYOMU]);
    await wrapper.get('textarea[placeholder="Paste lines here"]').setValue('10:00 ok\nother\nanother');
    await until(() => expect(wrapper.text()).toContain('1 of 3 lines match'));
    expect(wrapper.findAll('li.first')).toHaveLength(1);
    expect(wrapper.get('li.first').text()).toContain('A time is expected here');
    expect(wrapper.get('.field').attributes('title')).toBe('message');
    expect(await axeFindings(wrapper.element)).toEqual([]);
  });

  it('says what is wrong with the pattern while it is written', async () => {
    const { wrapper, until } = await formats([GYOMU]);
    await wrapper.get('#format-pattern').setValue('{');
    await until(() => expect(wrapper.text()).toContain('Character 1: a brace that is not closed'));
  });

  it('adds, makes a pattern of a line, and saves', async () => {
    const shown = await formats([]);
    const { wrapper, until } = shown;
    await button(shown, 'New format').trigger('click');
    await wrapper.get('textarea[placeholder="Paste lines here"]').setValue('10:00 ok');
    await button(shown, 'Make a pattern').trigger('click');
    await until(() =>
      expect(wrapper.get<HTMLTextAreaElement>('#format-pattern').element.value).toBe('{time} {message?}'),
    );
    await button(shown, 'Save').trigger('click');
    await until(() =>
      expect(useSettings().value?.settings.logs.formats).toMatchObject([
        { kind: 'pattern', name: 'My format', pattern: '{time} {message?}' },
      ]),
    );
  });

  it('a log keeps its format when that gets another name, and loses it with the format', async () => {
    const shown = await formats([GYOMU]);
    expect(shown.wrapper.text()).toContain('/srv/a.log');
    await shown.wrapper.get('#format-name').setValue('other');
    expect(shown.wrapper.text()).toContain('/srv/a.log');
    await button(shown, 'Remove other').trigger('click');
    await button(shown, 'Save').trigger('click');
    await shown.until(() => expect(useSettings().value?.settings.logs.formats).toEqual([]));
    expect(useSettings().value?.settings.logs.sources[0]).not.toHaveProperty('format');
  });
});
