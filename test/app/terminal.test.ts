import { expect, test, vi } from 'vitest';
import { terminalArguments } from '../../src-main/app/terminal.ts';
import { unpacked } from '../../src-main/app/unpacked.ts';

vi.mock('electron', () => ({ app: {} }));

test('what a person writes after yagura is passed on as it is', () => {
  const argv = ['yagura-desktop', '--no-sandbox', '--terminal', '--', 'scan', '--json', '--', '-odd.log'];
  expect(terminalArguments(argv)).toEqual(['scan', '--json', '--', '-odd.log']);
});

test('a window is wanted without the launcher’s argument, or with it as mere text', () => {
  expect(terminalArguments(['yagura-desktop', '--data', '/tmp'])).toBeUndefined();
  expect(terminalArguments(['yagura-desktop', '--', '--terminal'])).toBeUndefined();
});

test('a file of the archive lies beside it, any other where it is', () => {
  expect(unpacked('/opt/y/resources/app.asar/out/main/cli.js')).toBe(
    '/opt/y/resources/app.asar.unpacked/out/main/cli.js',
  );
  expect(unpacked('C:\\Y\\resources\\app.asar\\out\\main\\cli.js')).toBe(
    'C:\\Y\\resources\\app.asar.unpacked\\out\\main\\cli.js',
  );
  expect(unpacked('/home/me/yagura/out/main/cli.js')).toBe('/home/me/yagura/out/main/cli.js');
});
