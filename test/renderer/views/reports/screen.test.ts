import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import Reports from '../../../../src-renderer/views/reports/View.vue';
import { useSettings } from '../../../../src-renderer/state/settings.ts';
import { useToasts } from '../../../../src-renderer/state/toasts.ts';
import type { PdfDocument } from '../../../../src-renderer/views/reports/pdf.ts';
import { axeFindings } from '../../axe.ts';
import type { FakeState } from '../../fake-data.ts';
import { fakePdf } from '../../fake-pdf.ts';
import { FAKE_SCHEDULES } from '../../fake-reports.ts';
import { mountScreen, type MountedScreen } from '../../mount-screen.ts';

/** What the preview was given to draw. A DOM without layout has no canvas to draw upon: the real window is tested end to end. */
const opened = vi.hoisted(() => ({ files: [] as Uint8Array[], closed: 0 }));
vi.mock('../../../../src-renderer/views/reports/pdf.ts', () => ({
  openPdf: (bytes: Uint8Array): Promise<PdfDocument> => {
    opened.files.push(bytes);
    return Promise.resolve({
      pages: Array.from({ length: 3 }, () => ({ width: 794, height: 1123 })),
      draw: () => Promise.resolve(),
      drop: () => undefined,
      close: () => {
        opened.closed += 1;
      },
    });
  },
}));

let screen: MountedScreen | undefined;
beforeEach(() => {
  opened.files = [];
  opened.closed = 0;
});
afterEach(() => {
  screen?.unmount();
  screen = undefined;
  useSettings().value = undefined;
  for (const toast of useToasts().list.value) useToasts().dismiss(toast.id);
});

async function reports(
  state: FakeState = 'full',
  options: { language?: 'en' | 'ja'; path?: string; locked?: string[] } = {},
): Promise<MountedScreen> {
  screen = await mountScreen(Reports, {
    state,
    path: '/reports',
    settings: { display: { language: options.language ?? 'en' }, reports: { schedules: FAKE_SCHEDULES } },
    ...options,
  });
  const { until, wrapper } = screen;
  const ready = state === 'empty' ? '.center button' : '.facts';
  await until(() => expect(wrapper.find(ready).exists()).toBe(true));
  await until(() => expect(wrapper.findAll('.schedules li')).toHaveLength(2));
  return screen;
}
const button = ({ wrapper }: MountedScreen, name: string): ReturnType<typeof wrapper.get> => {
  const found = wrapper
    .findAll('button')
    .find((each) => (each.attributes('aria-label') ?? each.text()).startsWith(name));
  if (found === undefined) throw new Error(`no button ${name}`);
  return found;
};

describe('reports', () => {
  it('without a report say what one is, and offer to make the first', async () => {
    const shown = await reports('empty');
    expect(shown.wrapper.text()).toContain('No report yet');
    await button(shown, 'Make the first report').trigger('click');
    await button(shown, 'Make report').trigger('click');
    await shown.until(() => expect(shown.wrapper.find('.facts').exists()).toBe(true));
    expect(shown.wrapper.findAll('.report')).toHaveLength(1);
  });

  it('show the newest one: the pages of its real file, and what proves it', async () => {
    const shown = await reports();
    await shown.until(() => expect(opened.files).toHaveLength(1));
    expect(Buffer.from(opened.files[0] ?? []).equals(Buffer.from(fakePdf(6)))).toBe(true);
    await shown.until(() => expect(shown.wrapper.findAll('.sheet')).toHaveLength(3));
    const facts = shown.wrapper.get('.facts').text();
    expect(facts).toContain('9f2c 41ab … 88aa');
    expect(facts).toContain('#48,211');
    expect(facts).toContain('14 places');
  });

  it('let go of a preview when another report is chosen', async () => {
    const shown = await reports();
    await shown.until(() => expect(opened.files).toHaveLength(1));
    await shown.press('j');
    await shown.until(() => expect(opened.files).toHaveLength(2));
    expect(opened.closed).toBe(1);
  });

  it('that are encrypted or have no PDF say so instead of a preview', async () => {
    const shown = await reports('full', { path: '/reports?id=r3' });
    await shown.until(() => expect(shown.wrapper.get('.preview').text()).toContain('Encrypted'));
    await shown.wrapper.findAll('.report')[3]?.trigger('click');
    await shown.until(() => expect(shown.wrapper.get('.preview').text()).toContain('No PDF'));
    expect(button(shown, 'Save JSON').attributes('disabled')).toBeDefined();
    expect(opened.files).toHaveLength(0);
  });

  it('show what was replaced before the first one leaves, and only then', async () => {
    localStorage.clear();
    const shown = await reports();
    const { desktop, until, wrapper, press } = shown;
    await press('s', { ctrlKey: true });
    await until(() => expect(wrapper.get('dialog').text()).toContain('account account-1 rejected'));
    expect(desktop.saved).toHaveLength(0);
    await button(shown, 'Save it').trigger('click');
    await until(() => expect(desktop.saved).toHaveLength(1));
    expect(desktop.saved[0]?.suggestedName).toMatch(/^yagura-security-\d{4}-\d\d-\d\d\.pdf$/);
    expect(Buffer.from(desktop.saved[0]?.bytes ?? []).equals(Buffer.from(fakePdf(6)))).toBe(true);
    await until(() => expect(useToasts().list.value[0]?.detail).toBe('/home/desk/saved'));

    await button(shown, 'Save CSV').trigger('click');
    await until(() => expect(desktop.saved).toHaveLength(2));
    expect(new TextDecoder().decode(desktop.saved[1]?.bytes)).toBe('csv of r5, 日本語\n');
  });

  it('name what was not replaced in a report without pseudonyms', async () => {
    const shown = await reports('full', { path: '/reports?id=r1' });
    await button(shown, 'Look at it').trigger('click');
    await shown.until(() =>
      expect(shown.wrapper.get('dialog').text()).toContain(
        'Not replaced in this report: Account numbers · E-mail addresses',
      ),
    );
    expect(shown.wrapper.get('dialog').text()).not.toContain('account-1');
  });

  it('say nothing when the save dialog is cancelled, and what to do when the file cannot be written', async () => {
    localStorage.setItem('yagura.reports.reviewed', 'yes');
    const shown = await reports();
    shown.desktop.savedAs = null;
    await button(shown, 'Save HTML').trigger('click');
    await shown.until(() => expect(shown.desktop.saved).toHaveLength(1));
    expect(useToasts().list.value).toEqual([]);
    shown.desktop.saveFile = () => Promise.reject(new Error('There is no space left on the disk.'));
    await button(shown, 'Save HTML').trigger('click');
    await shown.until(() => expect(useToasts().list.value[0]?.detail).toContain('no space left'));
  });

  it('tell how far one is while it is made, and can be cancelled', async () => {
    const shown = await reports();
    await shown.press('n');
    await button(shown, 'Make report').trigger('click');
    await shown.until(() => expect(shown.wrapper.find('.job [role="progressbar"]').exists()).toBe(true));
    await button(shown, 'Cancel this report').trigger('click');
    await shown.until(() => expect(shown.wrapper.find('.job').exists()).toBe(false));
    await shown.until(() => expect(shown.wrapper.find('.facts').exists()).toBe(true));
    expect(shown.wrapper.findAll('.report')).toHaveLength(5);
  });

  it('with a password make the PDF alone', async () => {
    const shown = await reports();
    await shown.press('n');
    const [first, second] = shown.wrapper.findAll('dialog input[type="password"]');
    await first?.setValue('long enough');
    expect(button(shown, 'Make report').attributes('disabled')).toBeDefined();
    await second?.setValue('long enough');
    await button(shown, 'Make report').trigger('click');
    await shown.until(() => expect(shown.wrapper.findAll('.report')).toHaveLength(6));
    await shown.until(() => expect(shown.wrapper.get('.preview').text()).toContain('Encrypted'));
    expect(button(shown, 'Save HTML').attributes('disabled')).toBeDefined();
  });

  it('leave out the sections that were unticked, of the kind chosen', async () => {
    const shown = await reports();
    await shown.press('n');
    await shown.wrapper.get('dialog input[value="logs"]').setValue(true);
    const labels = shown.wrapper.findAll('dialog [role=group][aria-label=Sections] label');
    expect(labels.map((label) => label.text())).toEqual(['Summary', 'Logs', 'What was not seen', 'Evidence']);
    await labels[3]?.get('input').setValue(false);
    await button(shown, 'Make report').trigger('click');
    await shown.until(() => expect(shown.wrapper.findAll('.report')).toHaveLength(6));
    expect(shown.wrapper.findAll('.contents li').map((each) => each.text())).toEqual([
      'Summary',
      'Logs',
      'What was not seen',
    ]);
  });

  it('are deleted only after a question', async () => {
    const shown = await reports();
    await button(shown, 'Delete…').trigger('click');
    expect(shown.wrapper.get('dialog').text()).toContain('Copies that were saved elsewhere stay');
    const [, confirm] = shown.wrapper.findAll('dialog footer button');
    await confirm?.trigger('click');
    await shown.until(() => expect(shown.wrapper.findAll('.report')).toHaveLength(4));
    await shown.until(() => expect(shown.wrapper.find('dialog').exists()).toBe(false));
  });

  it('say why the last one failed', async () => {
    const { wrapper, until } = await reports('trouble');
    await until(() => expect(wrapper.get('.failure').text()).toContain('no space left'));
    await until(() => expect(wrapper.get('.schedules').text()).toContain('/mnt/audit is not there'));
  });

  it('keep what is known while the engine is away, and offer nothing that needs it', async () => {
    const shown = await reports();
    shown.desktop.setState({
      phase: 'down',
      since: Date.now(),
      attempt: 1,
      nextTryAt: Date.now() + 1000,
      end: { kind: 'crashed', code: 137 },
    });
    await shown.until(() => expect(button(shown, 'New report').attributes('disabled')).toBeDefined());
    expect(button(shown, 'Save PDF').attributes('disabled')).toBeDefined();
  });
});

describe('schedules', () => {
  const stored = (): readonly { name: string; enabled: boolean; folder: string }[] =>
    useSettings().value?.settings.reports.schedules ?? [];

  it('are added to the settings, with the folder that was chosen', async () => {
    const shown = await reports();
    const { wrapper, until } = shown;
    await button(shown, 'Add a schedule').trigger('click');
    expect(button(shown, 'Save schedule').attributes('disabled')).toBeDefined();
    await wrapper.get('dialog input[type="text"]').setValue('Daily threats');
    expect(wrapper.get('dialog [role="alert"]').text()).toContain('already');
    await wrapper.get('dialog input[type="text"]').setValue('For the auditor');
    await button(shown, 'Choose').trigger('click');
    await until(() => expect(button(shown, 'Save schedule').attributes('disabled')).toBeUndefined());
    await button(shown, 'Save schedule').trigger('click');
    await until(() => expect(stored()).toHaveLength(3));
    expect(stored()[2]).toMatchObject({ name: 'For the auditor', folder: '/srv/reports', enabled: true });
    await until(() => expect(wrapper.findAll('.schedules li')).toHaveLength(3));
  });

  it('are edited, switched off and deleted', async () => {
    const shown = await reports();
    const { wrapper, until } = shown;
    await button(shown, 'Edit “Weekly security”').trigger('click');
    await wrapper.get('dialog input.time').setValue('06:15');
    await button(shown, 'Save schedule').trigger('click');
    await until(() => expect(wrapper.get('.schedules').text()).toContain('Fri 06:15'));
    await wrapper.get('[role="switch"]').trigger('click');
    await until(() => expect(stored()[0]?.enabled).toBe(false));
    await button(shown, 'Delete “Daily threats”').trigger('click');
    await wrapper.findAll('dialog footer button')[1]?.trigger('click');
    await until(() => expect(stored().map((each) => each.name)).toEqual(['Weekly security']));
  });

  it('make their report at once when asked', async () => {
    const shown = await reports();
    await button(shown, 'Make “Daily threats” now').trigger('click');
    await shown.until(() => expect(shown.wrapper.findAll('.report')).toHaveLength(6));
    expect(shown.wrapper.get('.report').text()).toContain('by “Daily threats”');
  });

  it('cannot be changed when they are fixed', async () => {
    const shown = await reports('full', { locked: ['reports.schedules'] });
    expect(shown.wrapper.get('.schedules').text()).toContain('Fixed by your administrator');
    expect(button(shown, 'Add a schedule').attributes('disabled')).toBeDefined();
  });
});

it.each(['full', 'empty', 'trouble'] as const)(
  'reports (%s) have no serious finding of axe and no bare key, in both languages',
  async (state) => {
    for (const language of ['en', 'ja'] as const) {
      const shown = await reports(state, { language });
      await shown.press('n');
      expect(shown.wrapper.text()).not.toMatch(/reportsScreen\.|report\.\w+\.|NaN|undefined/);
      expect(await axeFindings(document.body)).toEqual([]);
      shown.unmount();
      useSettings().value = undefined;
    }
    screen = undefined;
  },
);
