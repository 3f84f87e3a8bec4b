import fc from 'fast-check';
import { ScrollText } from '@lucide/vue';
import { defineComponent, h, ref } from 'vue';
import { afterEach, describe, expect, test, vi } from 'vitest';
import CommandPalette from '../../../src-renderer/shell/palette/CommandPalette.vue';
import { marked, match } from '../../../src-renderer/shell/palette/match.ts';
import { useCommands } from '../../../src-renderer/state/commands.ts';
import { mountScreen, type MountedScreen } from '../mount-screen.ts';

describe('Matching', () => {
  test('every word of what was typed, in any place and case', () => {
    expect(match('Run the diagnosis', 'DIAG run')).toBeDefined();
    expect(match('Run the diagnosis', 'diag log')).toBeUndefined();
    expect(match('設定を書き出す', '書き')).toBeDefined();
    expect(match('anything', '')).toEqual({ rank: 0, hits: [] });
  });

  test('the beginning of a word, comes before its middle', () => {
    const rank = (title: string): number => match(title, 'log')?.rank ?? Infinity;
    expect(rank('Logs')).toBeLessThan(rank('Open logs'));
    expect(rank('Open logs')).toBeLessThan(rank('Catalogue'));
  });

  test('what is marked, joined again is the title, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (title, typed) => {
        const parts = marked(title, match(title, typed)?.hits ?? []);
        expect(parts.map(({ text }) => text).join('')).toBe(title);
      }),
    );
  });
});

describe('The palette', () => {
  let mounted: MountedScreen | undefined;
  const ran = vi.fn();
  const Host = defineComponent(() => {
    const open = ref(true);
    useCommands([
      { id: 'x', icon: ScrollText, title: () => 'Acknowledge the alert', run: ran },
      { id: 'y', icon: ScrollText, title: () => 'Never now', when: () => false, run: ran },
    ]);
    return () =>
      h('main', open.value ? [h(CommandPalette, { onClose: () => (open.value = false) })] : ['closed']);
  });

  async function open(): Promise<MountedScreen> {
    ran.mockReset();
    mounted = await mountScreen(Host, { state: 'full' });
    return mounted;
  }
  afterEach(() => mounted?.unmount());

  const field = (): HTMLInputElement => document.querySelector('dialog input')!;
  const shown = (): string[] =>
    [...document.querySelectorAll('[role=option] .title')].map((each) => each.textContent);
  async function type(text: string): Promise<void> {
    field().value = text;
    field().dispatchEvent(new Event('input'));
    await mounted?.until(() => undefined);
  }
  function key(name: string, init: KeyboardEventInit = {}): void {
    field().dispatchEvent(
      new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...init }),
    );
  }

  test('empty, offers actions and screens', async () => {
    const { until } = await open();
    await until(() =>
      expect(shown()).toEqual(expect.arrayContaining(['Acknowledge the alert', 'Overview', 'Logs'])),
    );
    expect(shown()).not.toContain('Never now');
  });

  test('an action typed and entered, is done once and the palette closes', async () => {
    const { until, wrapper } = await open();
    await type('ackn');
    await until(() => expect(shown()[0]).toBe('Acknowledge the alert'));
    key('Enter');
    await until(() => expect(wrapper.text()).toBe('closed'));
    expect(ran).toHaveBeenCalledTimes(1);
  });

  test('Enter during Japanese conversion, does nothing', async () => {
    await open();
    await type('ackn');
    key('Process');
    key('Enter', { isComposing: true });
    expect(ran).not.toHaveBeenCalled();
    expect(document.querySelector('dialog')).not.toBeNull();
  });

  test('an address under attack, is found by its beginning with its risk', async () => {
    const { until, router } = await open();
    await type('203.0');
    await until(() => expect(shown()[0]).toMatch(/^203\.0/));
    expect(document.querySelector('[role=option] mark')?.textContent).toBe('203.0');
    key('Enter');
    await until(() => expect(router.currentRoute.value.path).toBe('/threats'));
  });

  test('text that is no command, leads to the lines that hold it', async () => {
    const { until, router } = await open();
    await type('order rejected');
    await until(() => expect(shown()).toEqual(['Lines that contain order rejected']));
    key('Enter', { ctrlKey: true });
    await until(() => expect(router.currentRoute.value.fullPath).toContain('/logs?q=%22order'));
  });

  test('in Japanese, is found by its English name as well', async () => {
    mounted = await mountScreen(Host, { state: 'full', language: 'ja' });
    await type('thre');
    await mounted.until(() => expect(shown()[0]).toBe('脅威'));
  });

  test('the arrows, go round', async () => {
    const { until } = await open();
    await until(() => expect(shown().length).toBeGreaterThan(3));
    const selected = (): string | undefined =>
      document.querySelector('[aria-selected=true] .title')?.textContent ?? undefined;
    const first = selected();
    key('ArrowUp');
    await until(() => expect(selected()).toBe(shown().at(-1)));
    key('ArrowDown');
    await until(() => expect(selected()).toBe(first));
  });

  test('`>`, leaves only actions', async () => {
    const { until } = await open();
    await type('>');
    await until(() => expect(shown()).toContain('Acknowledge the alert'));
    expect(shown()).not.toContain('Overview');
  });
});
