import { afterEach, describe, expect, it } from 'vitest';
import Settings from '../../../src-renderer/views/settings/View.vue';
import { FIELDS, PAGES } from '../../../src-renderer/views/settings/fields.ts';
import { valueAt } from '../../../src-renderer/views/settings/draft.ts';
import { settingsSchema } from '../../../src-preload/contract/settings.ts';
import { useSettings } from '../../../src-renderer/state/settings.ts';
import { axeFindings } from '../axe.ts';
import type { FakeState } from '../fake-data.ts';
import { mountScreen, type MountedScreen } from '../mount-screen.ts';

let screen: MountedScreen | undefined;
afterEach(() => {
  screen?.unmount();
  useSettings().value = undefined;
});

async function settings(
  page: string,
  options: { locked?: string[]; language?: 'en' | 'ja'; state?: FakeState } = {},
): Promise<MountedScreen> {
  screen = await mountScreen(Settings, { state: 'full', path: `/settings?page=${page}`, ...options });
  const { wrapper, until } = screen;
  await until(() => expect(useSettings().value).toBeDefined());
  await wrapper.vm.$nextTick();
  return screen;
}

describe('settings', () => {
  it('offer only fields that exist', () => {
    const defaults = settingsSchema.parse({});
    expect(FIELDS.filter(({ path }) => valueAt(defaults, path) === undefined)).toEqual([]);
  });

  it('tell a change in words before it is made, and make it', async () => {
    const { wrapper, until } = await settings('retention');
    const input = wrapper.get('#keep-access-days');
    await input.setValue('60');
    await input.trigger('change');
    await until(() => expect(wrapper.text()).toContain('1 change: Access logs 90 days → 60 days'));
    await wrapper
      .findAll('button')
      .find((button) => button.text() === 'Save')
      ?.trigger('click');
    await until(() => expect(useSettings().value?.settings.retention.access.days).toBe(60));
    await until(() => expect(wrapper.text()).not.toContain('1 change'));
  });

  it('choose what is archived, and tell it by name', async () => {
    const { wrapper, until } = await settings('retention');
    const group = wrapper.get('[role="group"][aria-label="What is archived"]');
    const boxes = group.findAll('input');
    expect(boxes).toHaveLength(3);
    await boxes[0]?.setValue(false);
    await until(() => expect(wrapper.text()).toContain('→ Access logs and Audit and sign-in logs'));
  });

  it('save the archive key where the user says, or tell why not', async () => {
    const { wrapper, desktop, until } = await settings('retention');
    expect(wrapper.text()).not.toContain('Save the archive key');
    const state = useSettings().value;
    if (state === undefined) throw new Error('No settings.');
    const { retention } = state.settings;
    const archive = { ...retention.archive, enabled: true };
    useSettings().value = {
      ...state,
      settings: { ...state.settings, retention: { ...retention, archive } },
    };
    await wrapper.vm.$nextTick();
    const save = wrapper.findAll('button').find((button) => button.text().startsWith('Save the archive key'));
    await save?.trigger('click');
    await until(() => expect(wrapper.text()).toContain('Saved to /home/desk/key.txt'));
    desktop.savedKey = {
      outcome: 'failed',
      message: { key: 'archive.fault.keyNotWritten', parameters: { path: '/x', reason: 'EACCES' } },
    };
    await save?.trigger('click');
    await until(() =>
      expect(wrapper.get('[role="alert"]').text()).toContain('/x cannot be written (EACCES)'),
    );
  });

  it('switch the language at once when it is saved', async () => {
    const { wrapper, until } = await settings('general');
    await wrapper.get('input[value="ja"]').setValue(true);
    await wrapper
      .findAll('button')
      .find((button) => button.text() === 'Save')
      ?.trigger('click');
    await until(() => expect(wrapper.get('h2').text()).toBe('一般'));
    expect(document.documentElement.lang).toBe('ja');
  });

  it('start at sign-in only when asked, at once', async () => {
    const { wrapper, desktop, until } = await settings('general');
    const control = wrapper.get('input[role="switch"]');
    await until(() => expect(control.attributes('disabled')).toBeUndefined());
    expect(desktop.atSignIn.enabled).toBe(false);
    await control.setValue(true);
    await until(() => expect(desktop.atSignIn.enabled).toBe(true));
    expect(wrapper.text()).not.toContain('1 change');
  });

  it('switch the theme at once when it is saved', async () => {
    const { wrapper, until } = await settings('general');
    await wrapper.get('input[value="light"]').setValue(true);
    await wrapper
      .findAll('button')
      .find((button) => button.text() === 'Save')
      ?.trigger('click');
    await until(() => expect(document.documentElement.dataset['theme']).toBe('light'));
  });

  it('name the field that was refused, and keep the change for mending', async () => {
    const { wrapper, until } = await settings('alerts');
    const warn = wrapper.get('#cpuPercent-warn');
    await warn.setValue('95');
    await warn.trigger('change');
    await wrapper
      .findAll('button')
      .find((button) => button.text() === 'Save')
      ?.trigger('click');
    await until(() => expect(wrapper.get('[role="alert"]').text()).toContain('CPU'));
    expect(wrapper.text()).toContain('1 change');
    expect(useSettings().value?.settings.thresholds.cpuPercent.warn).toBe(80);
  });

  it('show locked fields read-only and say why', async () => {
    const { wrapper } = await settings('general', { locked: ['display', 'desktop'] });
    expect(
      wrapper.findAll('input[type="radio"]').every((each) => each.attributes('disabled') !== undefined),
    ).toBe(true);
    expect(wrapper.text()).toContain('Fixed by your administrator');
  });

  it('go back to what is in force on Revert', async () => {
    const { wrapper, until } = await settings('general');
    await wrapper.get('input[value="light"]').setValue(true);
    await until(() => expect(wrapper.text()).toContain('1 change'));
    await wrapper
      .findAll('button')
      .find((button) => button.text() === 'Revert')
      ?.trigger('click');
    expect(wrapper.text()).not.toContain('1 change');
  });

  it('are found by words and by their name in the file', async () => {
    const { wrapper } = await settings('general');
    const search = wrapper.get('nav input');
    await search.setValue('X-Forwarded');
    expect(wrapper.findAll('nav button').map((entry) => entry.text())).toEqual(['Detection']);
    await search.setValue('minimumSeverity');
    expect(wrapper.findAll('nav button').map((entry) => entry.text())).toEqual(['Alerts and notifications']);
    await search.setValue('zzz');
    expect(wrapper.text()).toContain('No setting matches');
  });

  it('add a log, and say which field was wrong when it is refused', async () => {
    const { wrapper, until } = await settings('sources');
    const add = async (path: string): Promise<void> => {
      await wrapper.get('#new-source').setValue(path);
      await wrapper
        .findAll('button')
        .find((button) => button.text() === 'Add')
        ?.trigger('click');
    };
    await add('relative.log');
    await until(() => expect(wrapper.get('[role="alert"]').text()).toContain('path'));
    await add('/srv/new.log');
    await until(() => expect(wrapper.get('[role="grid"]').text()).toContain('/srv/new.log'));
  });

  it('look at a source before it is added: lines, what was found, what is wrong and what helps', async () => {
    const { wrapper, until } = await settings('sources');
    await wrapper.get('#new-source').setValue('/srv/new.log');
    await wrapper.get('#new-source').trigger('keydown', { key: 'Enter' });
    await until(() => expect(wrapper.get('.preview').text()).toContain('order submit timed out'));
    expect(wrapper.get('.preview').text()).toMatch(/syslog.*Shift_JIS.*Asia\/Tokyo/);
    expect(await axeFindings(wrapper.element)).toEqual([]);
    await wrapper.get('#new-source').setValue('/srv/secret.log');
    expect(wrapper.find('.preview').exists()).toBe(false);
    await wrapper.get('#new-source').trigger('keydown', { key: 'Enter' });
    await until(() => expect(wrapper.get('.preview').text()).toContain('No permission to read'));
    expect(wrapper.get('.preview').text()).toContain('group adm');
    await wrapper.get('#new-source').setValue('/srv/new.log');
    await wrapper.get('#new-source').trigger('keydown', { key: 'Enter' });
    await until(() => expect(wrapper.find('.preview').exists()).toBe(true));
    await wrapper.get('#new-source').trigger('keydown', { key: 'Enter' });
    await until(() => expect(wrapper.get('[role="grid"]').text()).toContain('/srv/new.log'));
  });

  it.each(['en', 'ja'] as const)(
    'pause a source and let it go on, by button and key: %s',
    async (language) => {
      const { wrapper, until } = await settings('sources', { state: 'trouble', language });
      await until(() => expect(wrapper.find('[data-index="0"]').exists()).toBe(true));
      await wrapper.get('[data-index="0"]').trigger('click');
      const word = language === 'en' ? 'Paused' : '一時停止中';
      await until(() => expect(wrapper.find('.detail').exists()).toBe(true));
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'p', bubbles: true }));
      await until(() => expect(wrapper.get('[data-index="0"]').text()).toContain(word));
      await wrapper.get('[data-index="0"] button').trigger('click');
      await until(() => expect(wrapper.get('[data-index="0"]').text()).not.toContain(word));
      expect(await axeFindings(wrapper.element)).toEqual([]);
    },
  );

  it.each(['en', 'ja'] as const)(
    'set year, zone and encoding of a source, with what was found before the eyes: %s',
    async (language) => {
      const { wrapper, until } = await settings('sources', { language });
      await until(() => expect(wrapper.find('[data-index="0"]').exists()).toBe(true));
      await wrapper.get('[data-index="0"]').trigger('click');
      await until(() => expect(wrapper.find('.reading').exists()).toBe(true));
      await until(() => expect(wrapper.get('.reading select option').text()).toContain('Shift_JIS'));
      const [zone, year] = wrapper.findAll<HTMLInputElement>('.reading input');
      expect(zone?.element.placeholder).toContain('Asia/Tokyo');
      expect(year?.element.placeholder).toContain('2026');
      const save = (): { attributes: () => Record<string, string>; trigger: (name: string) => unknown } =>
        wrapper.get('.reading .el-button--primary');
      await zone?.setValue('Tokio');
      expect(wrapper.get('.reading [role=alert]').text()).toContain('Asia/Tokyo');
      expect(save().attributes()['disabled']).toBeDefined();
      await zone?.setValue('Europe/Berlin');
      await year?.setValue('19');
      expect(wrapper.get('.reading [role=alert]').text()).toContain('1970');
      await year?.setValue('2025');
      await wrapper.get('.reading .el-button').trigger('click');
      await until(() => expect(wrapper.get('.reading .preview').text()).toContain('Europe/Berlin'));
      await save().trigger('click');
      const said = language === 'en' ? 'Saved' : '保存しました';
      await until(() => expect(wrapper.get('.reading [role=status]').text()).toContain(said));
      await until(() => expect(save().attributes()['disabled']).toBeDefined());
      expect(await axeFindings(wrapper.element)).toEqual([]);
    },
  );

  it('preview masking as the engine would do it', async () => {
    const { wrapper, until } = await settings('masking');
    await wrapper.get('textarea').setValue('password=hunter2 <b>x</b>');
    await until(() => expect(wrapper.get('.result').text()).toContain('••••'));
    expect(wrapper.get('.result').text()).not.toContain('hunter2');
    expect(wrapper.get('.result').find('b').exists()).toBe(false);
  });

  it('say which runtime this is', async () => {
    const { wrapper, until } = await settings('about');
    await until(() => expect(wrapper.text()).toContain('Node v24.21.0'));
    expect(wrapper.text()).toContain('development runtime');
  });

  it('show what Yagura itself uses, its queues in words, and that no connection was made', async () => {
    const { wrapper, until } = await settings('itself');
    await until(() => expect(wrapper.text()).toMatch(/No connection was made since \d{4}-/));
    expect(wrapper.text()).toContain('limit 150 MB');
    expect(wrapper.text()).toContain('Window: main');
    expect(wrapper.text()).toContain('Lines followed live');
  });

  it('list the connections that were made, with purpose, times and how the last one ended', async () => {
    const { wrapper, until } = await settings('itself', { state: 'trouble' });
    await until(() => expect(wrapper.text()).toContain('ntp.example.jp:123'));
    const rows = wrapper.findAll('[role="row"]').map((row) => row.text());
    expect(rows.find((text) => text.includes('2001:db8::5'))).toMatch(/Component check.*3.*failed/);
    expect(rows.find((text) => text.includes('Lines followed live'))).toContain('340');
  });

  it('verify the audit trail and say what was found', async () => {
    const { wrapper, until } = await settings('itself', { state: 'trouble' });
    const verify = (): Promise<void> | undefined =>
      wrapper
        .findAll('button')
        .find((button) => button.text() === 'Verify')
        ?.trigger('click');
    await verify();
    await until(() => expect(wrapper.text()).toContain('Entry #17 was edited'));
    expect(wrapper.text()).toContain('NOT intact');
    expect(wrapper.text()).toContain('Keep a copy');
  });

  it('read older audit entries on demand, hostile subjects as text', async () => {
    const { wrapper, until } = await settings('itself');
    await until(() => expect(wrapper.text()).toContain('masking.<b>users</b>'));
    const older = () => wrapper.findAll('button').find((button) => button.text().startsWith('Older'));
    expect(older()?.text()).toBe('Older entries (70)');
    await older()?.trigger('click');
    await until(() => expect(older()?.text()).toBe('Older entries (20)'));
    await older()?.trigger('click');
    await until(() => expect(older()).toBeUndefined());
  });

  it.each(PAGES)('page %s has no serious finding of axe and no bare key, in both languages', async (page) => {
    for (const language of ['en', 'ja'] as const) {
      const { wrapper, until } = await settings(page, { language });
      await until(() => expect(wrapper.get('h2').text()).not.toBe(''));
      expect(wrapper.text()).not.toMatch(/settingsScreen\.|NaN|undefined/);
      expect(await axeFindings(document.body)).toEqual([]);
      screen?.unmount();
    }
    screen = undefined;
  });
});
