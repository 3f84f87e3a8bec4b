import { mount } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defineComponent, h } from 'vue';
import { activeScopes, handleKey, useKeys, type KeyBinding } from '../../../src-renderer/ui/use-keys.ts';

function screen(bindings: KeyBinding[]): ReturnType<typeof mount> {
  return mount(
    defineComponent({
      setup: () => {
        useKeys('test', bindings);
        return () =>
          h('div', [h('input', { id: 'text' }), h('input', { id: 'box', type: 'checkbox' }), h('button')]);
      },
    }),
    { attachTo: document.body },
  );
}

function press(key: string, init: KeyboardEventInit = {}, target: Element = document.body): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init });
  target.dispatchEvent(event);
  return event;
}

const run = vi.fn();
let mounted: ReturnType<typeof mount> | undefined;
beforeEach(() => {
  run.mockReset();
  window.addEventListener('keydown', handleKey);
});
afterEach(() => {
  window.removeEventListener('keydown', handleKey);
  mounted?.unmount();
});

describe('shortcuts', () => {
  it('run on their key and prevent what the browser would do', () => {
    mounted = screen([{ keys: 'a', label: 'x', run }]);
    expect(press('a').defaultPrevented).toBe(true);
    expect(run).toHaveBeenCalledOnce();
  });

  it('never fire in a text field, but do on a checkbox', () => {
    mounted = screen([{ keys: 'a', label: 'x', run }]);
    press('a', {}, mounted.get('#text').element);
    expect(run).not.toHaveBeenCalled();
    press('a', {}, mounted.get('#box').element);
    expect(run).toHaveBeenCalledOnce();
  });

  it.each([{ isComposing: true }, { key: 'Process' }])(
    'never fire while an input method composes (%o)',
    (init) => {
      mounted = screen([
        { keys: 'a', label: 'x', run },
        { keys: 'Process', label: 'x', run },
      ]);
      press('a', init);
      expect(run).not.toHaveBeenCalled();
    },
  );

  it('with Ctrl fire in a text field only when they say so', () => {
    const other = vi.fn();
    mounted = screen([
      { keys: 'Ctrl+s', label: 'x', run, inInputs: true },
      { keys: 'Ctrl+d', label: 'x', run: other },
    ]);
    const field = mounted.get('#text').element;
    press('s', { ctrlKey: true }, field);
    press('d', { ctrlKey: true }, field);
    expect(run).toHaveBeenCalledOnce();
    expect(other).not.toHaveBeenCalled();
  });

  it('of two strokes need both, in order', () => {
    mounted = screen([{ keys: 'g l', label: 'x', run }]);
    press('l');
    press('g');
    press('x');
    press('l');
    expect(run).not.toHaveBeenCalled();
    press('g');
    press('l');
    expect(run).toHaveBeenCalledOnce();
  });

  it('leave Enter to a button that has the focus', () => {
    mounted = screen([{ keys: 'Enter', label: 'x', run }]);
    press('Enter', {}, mounted.get('button').element);
    expect(run).not.toHaveBeenCalled();
    press('Enter');
    expect(run).toHaveBeenCalledOnce();
  });

  it('are off and unlisted with their screen', () => {
    mounted = screen([{ keys: 'a', label: 'x', run }]);
    expect(activeScopes()).toHaveLength(1);
    mounted.unmount();
    mounted = undefined;
    expect(activeScopes()).toHaveLength(0);
    press('a');
    expect(run).not.toHaveBeenCalled();
  });
});
