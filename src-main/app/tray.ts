import { join } from 'node:path';
import { Menu, nativeImage, Tray, type MenuItemConstructorOptions, type NativeImage } from 'electron';
import type { State } from '../../src-preload/contract/shared.ts';
import type { DesktopWords } from './desktop-words.ts';
import { hasTrayHost } from './tray-host.ts';
import type { TrayFace } from './tray-face.ts';

export interface TrayActions {
  open: () => void;
  /** `#/wallboard`, `#/compact`. */
  goTo: (hash: string) => void;
  /** Undefined where the system offers no starting at sign-in. */
  atSignIn: () => Promise<boolean | undefined>;
  setAtSignIn: (enabled: boolean) => Promise<void>;
  quit: () => void;
}

export interface TrayOptions {
  /** Folder of the icons. */
  icons: string;
  words: DesktopWords;
  /** The product's name, or the demo's. */
  title: string;
  actions: TrayActions;
}

/** The icon in the tray, there as soon as a tray is. */
export class TrayIcon {
  readonly #options: TrayOptions;
  #tray: Tray | undefined;
  #face: TrayFace = { icon: 'unknown', line: { key: 'desktop.tray.starting', parameters: {} } };
  #drawn = '';

  constructor(options: TrayOptions) {
    this.#options = options;
  }

  /** Puts the icon there if it is not. @returns whether it can be seen */
  async ensure(): Promise<boolean> {
    if (!(await hasTrayHost())) return false;
    if (this.#tray === undefined) {
      this.#tray = new Tray(this.#picture(this.#face.icon));
      this.#tray.on('click', this.#options.actions.open);
      await this.refresh();
    }
    return true;
  }

  async show(face: TrayFace): Promise<void> {
    this.#face = face;
    await this.refresh();
  }

  /** Draws it anew where something has changed: the face, the language, starting at sign-in. */
  async refresh(): Promise<void> {
    const { words, actions, title } = this.#options;
    const line = words.say(this.#face.line);
    const atSignIn = await actions.atSignIn();
    const drawn = JSON.stringify([this.#face.icon, line, atSignIn]);
    if (this.#tray === undefined || drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#tray.setImage(this.#picture(this.#face.icon));
    this.#tray.setToolTip(`${title}: ${line}`);
    this.#tray.setContextMenu(Menu.buildFromTemplate(this.#menu(line, atSignIn)));
  }

  #menu(line: string, atSignIn: boolean | undefined): MenuItemConstructorOptions[] {
    const { words, actions } = this.#options;
    return [
      { label: words.label('desktop.tray.open'), click: actions.open },
      { label: line, enabled: false },
      { type: 'separator' },
      { label: words.label('desktop.tray.wallboard'), click: () => actions.goTo('#/wallboard') },
      { label: words.label('desktop.tray.compact'), click: () => actions.goTo('#/compact') },
      { type: 'separator' },
      ...(atSignIn === undefined
        ? []
        : [
            {
              label: words.label('desktop.tray.atSignIn'),
              type: 'checkbox' as const,
              checked: atSignIn,
              click: () => void actions.setAtSignIn(!atSignIn).finally(() => this.refresh()),
            },
          ]),
      { label: words.label('desktop.menu.quit'), click: actions.quit },
    ];
  }

  /** Panels of Linux desktops scale the one picture they get. */
  #picture(icon: State): NativeImage {
    const name = process.platform === 'linux' ? `${icon}@2x.png` : `${icon}.png`;
    return nativeImage.createFromPath(join(this.#options.icons, name));
  }
}
