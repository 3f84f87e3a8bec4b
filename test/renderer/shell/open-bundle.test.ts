import { afterEach, describe, expect, test } from 'vitest';
import OpenBundle from '../../../src-renderer/shell/OpenBundle.vue';
import { mountScreen, type MountedScreen } from '../mount-screen.ts';

describe('Opening a bundle', () => {
  let mounted: MountedScreen | undefined;
  afterEach(() => mounted?.unmount());
  const button = (text: string): HTMLButtonElement =>
    [...document.querySelectorAll('button')].find((each) => each.textContent.includes(text))!;

  test('a file chosen, is unpacked by the engine and shown in a window of its own', async () => {
    mounted = await mountScreen(OpenBundle, { state: 'full' });
    button('Choose a file').click();
    await mounted.until(() => expect(mounted!.desktop.shownBundles).toHaveLength(1));
  });

  test('an encrypted one, asks for its passphrase and stays until it fits', async () => {
    mounted = await mountScreen(OpenBundle, { state: 'full' });
    mounted.desktop.bundle = '/home/desk/secret.yagura-bundle';
    button('Choose a file').click();
    await mounted.until(() => expect(document.body.textContent).toContain('Enter its passphrase'));
    const field = document.querySelector<HTMLInputElement>('input[type=password]')!;
    field.value = 'correct horse';
    field.dispatchEvent(new Event('input'));
    await mounted.until(() => expect(button('Open').disabled).toBe(false));
    button('Open').click();
    await mounted.until(() => expect(mounted!.desktop.shownBundles).toHaveLength(1));
  });

  test('the dialog left, opens nothing', async () => {
    mounted = await mountScreen(OpenBundle, { state: 'full' });
    mounted.desktop.bundle = null;
    button('Choose a file').click();
    await mounted.until(() => undefined);
    expect(mounted.desktop.shownBundles).toEqual([]);
  });
});
