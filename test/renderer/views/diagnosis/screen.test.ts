import { afterEach, describe, expect, it } from 'vitest';
import Diagnosis from '../../../../src-renderer/views/diagnosis/View.vue';
import { useToasts } from '../../../../src-renderer/state/toasts.ts';
import { axeFindings } from '../../axe.ts';
import { FAKE_BUNDLE } from '../../fake-bundle.ts';
import type { FakeState } from '../../fake-data.ts';
import { mountScreen, type MountedScreen } from '../../mount-screen.ts';

let screen: MountedScreen | undefined;
afterEach(() => {
  screen?.unmount();
  screen = undefined;
  for (const toast of useToasts().list.value) useToasts().dismiss(toast.id);
});

async function diagnosis(
  state: FakeState = 'full',
  options: { language?: 'en' | 'ja'; path?: string } = {},
): Promise<MountedScreen> {
  screen = await mountScreen(Diagnosis, { state, path: '/diagnosis', ...options });
  const { until, wrapper } = screen;
  const ready = state === 'empty' ? '.first button' : '.side .foot';
  await until(() => expect(wrapper.find(ready).exists()).toBe(true));
  return screen;
}
const click = async ({ wrapper }: MountedScreen, name: string): Promise<void> => {
  const button = wrapper.findAll('button').find((each) => each.text().startsWith(name));
  if (button === undefined) throw new Error(`no button ${name}`);
  await button.trigger('click');
};
const row = ({ wrapper }: MountedScreen, id: string): ReturnType<typeof wrapper.get> =>
  wrapper.get(`[data-check="${id}"]`);

describe('diagnosis', () => {
  it('before the first run explains itself and offers one thing to do', async () => {
    const shown = await diagnosis('empty');
    expect(shown.wrapper.text()).toContain('Nothing was diagnosed yet');
    expect(shown.wrapper.findAll('button')).toHaveLength(1);
    await click(shown, 'Run diagnosis');
    await shown.until(() => expect(shown.wrapper.findAll('.score')).toHaveLength(2));
  });

  it('writes each sum out, with band, coverage, unknown checks and change', async () => {
    const { wrapper } = await diagnosis();
    const [security] = wrapper.findAll('.score');
    expect(security?.text()).toContain('42 ÷ 63 × 100 = 67');
    expect(security?.text()).toContain('Needs work');
    expect(security?.text()).toContain('−4 (was 71)');
    expect(security?.text()).toContain('92%');
    expect(security?.text()).toContain('2 unknown, not scored');
  });

  it('says that an unknown check is not scored: a dash for points, not zero', async () => {
    const shown = await diagnosis();
    expect(row(shown, 'NET-06').get('.points').text()).toBe('–');
    expect(row(shown, 'SSH-07').get('.points').text()).toBe('0/9');
  });

  it('folds what does not apply into a line, and shows it when it is looked for', async () => {
    const shown = await diagnosis();
    expect(shown.wrapper.find('[data-check="DOC-01"]').exists()).toBe(false);
    await click(shown, 'N/A1 check does not apply here');
    expect(row(shown, 'DOC-01').text()).toContain('N/A');
    expect(row(shown, 'DOC-01').get('.points').text()).toBe('–');
    await shown.wrapper.get('[title="not applicable: 1"]').trigger('click');
    expect(shown.wrapper.findAll('[data-check]')).toHaveLength(1);
  });

  it('opens a check in place with evidence, place, reason, fix and references, as text', async () => {
    const shown = await diagnosis();
    await row(shown, 'SSH-07').trigger('click');
    const detail = shown.wrapper.get('.detail');
    expect(detail.text()).toContain('PasswordAuthentication yes <b>x</b>');
    expect(detail.find('b').exists()).toBe(false);
    expect(detail.text()).toContain('/etc/ssh/sshd_config:57');
    expect(detail.text()).toContain('CIS Debian Linux 12');
    expect(row(shown, 'SSH-07').attributes('aria-expanded')).toBe('true');
    await row(shown, 'SSH-07').trigger('click');
    expect(shown.wrapper.find('.detail').exists()).toBe(false);
  });

  it('copies the fix of the selected check by key, the command as it stands', async () => {
    const shown = await diagnosis();
    await row(shown, 'SSH-07').trigger('click');
    await shown.press('y');
    await shown.until(() => expect(useToasts().list.value[0]?.detail).toBe('PasswordAuthentication no'));
  });

  it('moves by keys, one row in the order of Tab', async () => {
    const shown = await diagnosis();
    await shown.press('j');
    await shown.press('j');
    await shown.until(() => expect(document.activeElement?.getAttribute('data-check')).toBe('ACC-09'));
    expect(shown.wrapper.findAll('[data-check][tabindex="0"]')).toHaveLength(1);
    await shown.press('ArrowUp');
    await shown.until(() => expect(document.activeElement?.getAttribute('data-check')).toBe('ACC-05'));
  });

  it('filters by result, and says how many are hidden when nothing is left', async () => {
    const shown = await diagnosis();
    await shown.wrapper.get('[title="Critical: 1"]').trigger('click');
    expect(shown.wrapper.findAll('[data-check]')).toHaveLength(1);
    await shown.wrapper.get('input[type="search"]').setValue('zzz');
    expect(shown.wrapper.text()).toContain('21 checks are hidden');
    await click(shown, 'Show all');
    expect(shown.wrapper.findAll('[data-check]')).toHaveLength(20);
  });

  it('leads from a fix to its check, whatever is filtered', async () => {
    const shown = await diagnosis();
    await shown.wrapper.get('input[type="search"]').setValue('firewall');
    await shown.wrapper.get('[aria-label="How to mend: No sign-in by password"]').trigger('click');
    await shown.until(() => expect(row(shown, 'SSH-07').attributes('aria-expanded')).toBe('true'));
  });

  it('opens the check that a link names', async () => {
    const shown = await diagnosis('full', { path: '/diagnosis?check=NET-03' });
    await shown.until(() => expect(row(shown, 'NET-03').attributes('aria-expanded')).toBe('true'));
  });

  it('tells the difference to the run before, worsened first', async () => {
    const { wrapper } = await diagnosis();
    const steps = wrapper.findAll('.difference li').map((each) => each.text());
    expect(steps[0]).toContain('NET-03OK → Error');
    expect(steps[0]).toContain('−6');
    expect(wrapper.get('.difference .foot').text()).toBe('17 checks unchanged');
  });

  it('shows an earlier run, compared with the one before it', async () => {
    const shown = await diagnosis();
    await shown.wrapper.get('select[aria-label="Run shown"]').setValue('run-010');
    await shown.until(() => expect(shown.wrapper.get('.score').text()).toContain('= 71'));
    await shown.until(() => expect(shown.wrapper.get('.difference').text()).toContain('SSH-01'));
  });

  it('runs by key, tells how far it is, and can be cancelled', async () => {
    const shown = await diagnosis();
    await shown.press('r');
    await shown.until(() => expect(shown.wrapper.find('[role="progressbar"]').exists()).toBe(true));
    await click(shown, 'Cancel');
    await shown.until(() => expect(shown.wrapper.find('[role="progressbar"]').exists()).toBe(false));
    expect(shown.wrapper.text()).toContain('Run diagnosis');
  });

  it('while the engine is away keeps what is known and offers nothing that needs it', async () => {
    const shown = await diagnosis();
    shown.desktop.setState({
      phase: 'down',
      since: Date.now(),
      attempt: 1,
      nextTryAt: Date.now() + 1000,
      end: { kind: 'crashed', code: 137 },
    });
    await shown.until(() => expect(shown.wrapper.get('.bar button').attributes('disabled')).toBeDefined());
    expect(shown.wrapper.findAll('.y-stale').length).toBeGreaterThan(2);
  });
});

describe('diagnostic bundle', () => {
  it('shows what leaves before it can be made, and saves what the engine made, whole', async () => {
    const shown = await diagnosis();
    await click(shown, 'Bundle');
    const { wrapper, until, desktop } = shown;
    await until(() => expect(wrapper.get('dialog').text()).toContain('508,341 beyond the limit left out'));
    expect(wrapper.get('dialog').text()).toContain('for user user-1 by');
    await click(shown, 'Make and save');
    await until(() => expect(desktop.saved).toHaveLength(1));
    expect(desktop.saved[0]?.suggestedName).toBe('yagura-2026-11-20.bundle');
    expect(Buffer.from(desktop.saved[0]?.bytes ?? []).equals(Buffer.from(FAKE_BUNDLE))).toBe(true);
    await until(() => expect(wrapper.find('dialog').exists()).toBe(false));
  });

  it('is not made with a passphrase that was typed differently twice, or too short', async () => {
    const shown = await diagnosis();
    await click(shown, 'Bundle');
    const { wrapper, until } = shown;
    await until(() => expect(wrapper.get('dialog').text()).toContain('before packing'));
    const [first, second] = wrapper.findAll('dialog input[type="password"]');
    const make = (): string | undefined =>
      wrapper
        .findAll('dialog footer button')
        .find((each) => each.text().startsWith('Make'))
        ?.attributes('disabled');
    await first?.setValue('short');
    expect(make()).toBeDefined();
    await first?.setValue('long enough');
    await second?.setValue('long enouhg');
    expect(make()).toBeDefined();
    expect(wrapper.get('dialog [role="alert"]').text()).toBe('The two differ.');
    await second?.setValue('long enough');
    expect(make()).toBeUndefined();
  });

  it('asks again when a part is left out', async () => {
    const shown = await diagnosis();
    await click(shown, 'Bundle');
    const { wrapper, until } = shown;
    await until(() => expect(wrapper.get('dialog').text()).toContain('20,000 · 8.4 MB'));
    const logs = wrapper
      .findAll('dialog [role=group] label')
      .find((each) => each.text().startsWith('Log lines'));
    await logs?.get('input').setValue(false);
    await until(() => expect(wrapper.get('dialog .total').text()).toContain('336 kB'));
  });
});

it.each(['full', 'empty'] as const)(
  'diagnosis (%s) has no serious finding of axe and no bare key, in both languages',
  async (state) => {
    for (const language of ['en', 'ja'] as const) {
      const shown = await diagnosis(state, { language });
      if (state === 'full') {
        await row(shown, 'SSH-07').trigger('click');
        await shown.wrapper.findAll('.bar button').at(-1)?.trigger('click');
        await shown.until(() => expect(shown.wrapper.find('dialog table').exists()).toBe(true));
      }
      expect(shown.wrapper.text()).not.toMatch(/diagnosisScreen\.|diagnose\.|NaN|undefined/);
      expect(await axeFindings(document.body)).toEqual([]);
      shown.unmount();
    }
    screen = undefined;
  },
);
