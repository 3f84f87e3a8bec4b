import { afterEach, expect, it } from 'vitest';
import RangeControl from '../../../src-renderer/shell/RangeControl.vue';
import { useRange } from '../../../src-renderer/state/range.ts';
import { mountScreen, type MountedScreen } from '../mount-screen.ts';

let screen: MountedScreen | undefined;
afterEach(() => {
  screen?.unmount();
  screen = undefined;
  useRange().live();
});

it('the choice of a range closes with Escape, and that goes no further', async () => {
  screen = await mountScreen(RangeControl, { state: 'full' });
  const opener = () => screen!.wrapper.get<HTMLElement>('.range');
  let passed = 0;
  const count = (): number => (passed += 1);
  document.addEventListener('keydown', count);
  await opener().trigger('click');
  const isOpen = (): boolean => screen!.wrapper.get('.own').isVisible();
  await screen.until(() => expect(isOpen()).toBe(true));
  await screen.wrapper.get('.own input').trigger('keydown', { key: 'Escape' });
  await screen.until(() => expect(isOpen()).toBe(false));
  expect(document.activeElement).toBe(opener().element);
  expect(passed).toBe(0);
  await opener().trigger('keydown', { key: 'Escape' });
  expect(passed).toBe(1);
  document.removeEventListener('keydown', count);
});

it("a range of one's own is typed as times are shown", async () => {
  screen = await mountScreen(RangeControl, { state: 'full' });
  await screen.wrapper.get('.range').trigger('click');
  const [from, to] = screen.wrapper.findAll('.own input');
  const show = screen.wrapper.get('.own button');
  await from?.setValue('2026-11-21 09:00');
  await to?.setValue('2026-11-21 08:00');
  expect(show.attributes('disabled')).toBeDefined();
  await to?.setValue('2026-11-21 10:30');
  await screen.wrapper.get('form').trigger('submit');
  expect(useRange().range.value).toEqual({
    from: new Date(2026, 10, 21, 9).getTime(),
    to: new Date(2026, 10, 21, 10, 30).getTime(),
  });
});
