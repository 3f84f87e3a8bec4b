import { mount } from '@vue/test-utils';
import { expect, test } from 'vitest';
import { isWellWritten, parseLocalTime } from '../../../src-renderer/ui/local-time.ts';
import TimeInput from '../../../src-renderer/ui/TimeInput.vue';

test.each([
  ['07:00', 'time', true],
  ['23:59', 'time', true],
  ['24:00', 'time', false],
  ['7:00', 'time', false],
  ['07:00 AM', 'time', false],
  ['2026-11-21 09:00', 'dateMinute', true],
  ['2026-13-21 09:00', 'dateMinute', false],
  ['11/21/2026 09:00', 'dateMinute', false],
  ['', 'dateMinute', false],
] as const)('%j as %s: %s', (text, kind, isRight) => {
  expect(isWellWritten(text, kind)).toBe(isRight);
});

test('a local time is that of this machine, whether a space or a T stands in it', () => {
  const noon = new Date(2026, 10, 21, 12, 30).getTime();
  expect(parseLocalTime('2026-11-21 12:30')).toBe(noon);
  expect(parseLocalTime('2026-11-21T12:30')).toBe(noon);
  expect(parseLocalTime('5')).toBeNaN();
});

test('a field of a time tells while what is in it is none', async () => {
  const field = mount(TimeInput, { props: { kind: 'time', label: 'At', modelValue: '07:00' } });
  expect(field.attributes('aria-invalid')).toBe('false');
  await field.setProps({ modelValue: '7' });
  expect(field.attributes('aria-invalid')).toBe('true');
  await field.setValue('19:30');
  expect(field.emitted('update:modelValue')).toEqual([['19:30']]);
});
