import { flushPromises } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogLine } from '../../../../src-preload/contract/logs.ts';
import type { EngineClient } from '../../../../src-renderer/bridge/index.ts';
import { useRange } from '../../../../src-renderer/state/range.ts';
import { useToasts } from '../../../../src-renderer/state/toasts.ts';
import View from '../../../../src-renderer/views/logs/View.vue';
import { fakeDeskSources, fakeLogs, type FakeLogs } from '../../fake-logs.ts';
import { openScreen, type OpenScreen } from '../../open-screen.ts';

let mounted: OpenScreen | undefined;
let logs: FakeLogs;

async function open(lines: number, exportedAs?: number): Promise<OpenScreen> {
  const now = Date.now();
  const made = Array.from({ length: lines }, (_, index): LogLine => ({
    id: `application/20260101/${index}`,
    time: now - (lines - index) * 1000,
    level: 6,
    sourceId: 'redis',
    text: `line ${index} <b>`,
  }));
  logs = fakeLogs(made, fakeDeskSources(), exportedAs);
  const client: Partial<EngineClient> = { logs: logs.client };
  mounted = await openScreen(View, client as EngineClient, '/logs');
  await flushPromises();
  return mounted;
}

function button({ screen }: OpenScreen, words: string) {
  const found = screen.findAll('button').find((each) => each.text() === words);
  if (found === undefined) throw new Error(`No button "${words}"`);
  return found;
}

beforeEach(() => {
  useRange().choose(30);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(1000);
});
afterEach(() => {
  mounted?.end();
  mounted = undefined;
});

describe('exporting lines', () => {
  it('shows what is replaced, and saves all pages in their order with the header on top', async () => {
    const shown = await open(50);
    const { screen, bridge } = shown;
    await button(shown, 'Export').trigger('click');
    await flushPromises();
    const dialog = screen.get('dialog');
    expect(dialog.text()).toContain('some user');
    expect(dialog.text()).toContain('line 49 <b>');
    await dialog.findAll('input[type=checkbox]')[3]?.setValue(false);
    await vi.waitFor(() => expect(dialog.text()).not.toContain('some address'));
    await button(shown, 'Save as…').trigger('click');
    await vi.waitFor(() => expect(bridge.saved).toHaveLength(1));
    const [file] = bridge.saved;
    expect(file?.suggestedName).toMatch(/^yagura-logs-[\d-]+\.csv$/);
    const rows = new TextDecoder().decode(file?.bytes).trimEnd().split('\n');
    expect(rows).toEqual(['text', ...Array.from({ length: 50 }, (_, index) => `line ${index} <b>`)]);
    expect(logs.exports.at(-1)).toMatchObject({
      format: 'csv',
      mask: ['user', 'email', 'account', 'host'],
      limit: 1000,
    });
    await vi.waitFor(() => expect(screen.find('dialog').exists()).toBe(false));
    expect(logs.recorded).toEqual([{ name: file?.suggestedName, lines: 50, cut: false }]);
  });

  it('says that there are more lines than were saved, and has that taken down', async () => {
    const shown = await open(50, 10_000);
    await button(shown, 'Export').trigger('click');
    await flushPromises();
    await button(shown, 'Save as…').trigger('click');
    await vi.waitFor(() => expect(shown.bridge.saved).toHaveLength(1));
    await vi.waitFor(() => expect(logs.recorded).toMatchObject([{ lines: 200_000, cut: true }]));
    await vi.waitFor(() =>
      expect(useToasts().list.value.at(-1)).toMatchObject({
        state: 'warning',
        title: 'The newest 200,000 lines saved; there are more',
      }),
    );
  });

  it('takes nothing down when the save dialog is cancelled or the file cannot be written', async () => {
    const shown = await open(5);
    await button(shown, 'Export').trigger('click');
    await flushPromises();
    const { desktop } = shown.bridge;
    let asked = 0;
    desktop.saveFile = () => Promise.resolve(((asked += 1), null));
    await button(shown, 'Save as…').trigger('click');
    await vi.waitFor(() => expect(asked).toBe(1));
    await vi.waitFor(() => button(shown, 'Save as…'));
    desktop.saveFile = () =>
      Promise.reject(
        new Error(
          "Error invoking remote method 'yagura:saveFile': Error: ENOSPC: no space left on device, write",
        ),
      );
    await button(shown, 'Save as…').trigger('click');
    await vi.waitFor(() =>
      expect(shown.screen.get('dialog').text()).toContain('There is no space left there'),
    );
    expect(logs.recorded).toEqual([]);
  });

  it('says that the file is saved when its entry in the audit trail fails, and enters it when asked again', async () => {
    const shown = await open(5);
    await button(shown, 'Export').trigger('click');
    await flushPromises();
    logs.refuses.records = true;
    await button(shown, 'Save as…').trigger('click');
    await vi.waitFor(() => expect(shown.screen.find('dialog').exists()).toBe(false));
    expect(shown.bridge.saved).toHaveLength(1);
    const told = () => useToasts().list.value.slice(-2);
    expect(told()).toMatchObject([
      { state: 'ok', title: 'Lines saved' },
      { state: 'error', title: 'The export is not confirmed in the audit trail' },
    ]);
    expect(told()[1]?.detail).toMatch(/^The file is saved \(.+\), but its entry failed\. ./);

    // As the notice does: it closes itself, and comes again if that did not help.
    const again = (): void => told()[1]?.actions?.[0]?.run();
    const first = told()[1]?.id;
    again();
    await vi.waitFor(() => expect(told()[1]?.id).not.toBe(first));
    logs.refuses.records = false;
    again();
    await vi.waitFor(() => expect(logs.recorded).toMatchObject([{ lines: 5, cut: false }]));
    expect(shown.bridge.saved).toHaveLength(1);
  });

  it('is opened by Ctrl+S, as JSON Lines if wanted, and says that there is nothing to save', async () => {
    const shown = await open(0);
    await shown.press('s', { ctrlKey: true });
    await flushPromises();
    const dialog = shown.screen.get('dialog');
    await dialog.get('input[value=jsonl]').setValue(true);
    await flushPromises();
    expect(logs.exports.at(-1)).toMatchObject({ format: 'jsonl' });
    expect(dialog.text()).toContain('nothing to export');
    expect(button(shown, 'Save as…').attributes('disabled')).toBeDefined();
  });
});
