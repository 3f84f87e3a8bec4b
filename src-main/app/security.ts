import { app, session, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { APP_ORIGIN } from './app-scheme.ts';

/** Denies every page what no page of ours needs. */
export function denyByDefault(): void {
  app.on('web-contents-created', (_event, contents) => confine(contents));
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
  session.defaultSession.setDevicePermissionHandler(() => false);
}

function confine(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    // A reload is a navigation to one's own place: without this it hangs.
    if (!isOurs(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!isOurs(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** Whether a message came from the top frame of a page of ours. */
export function isFromOurPage(event: IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame === event.sender.mainFrame && isOurs(frame.url);
}

function isOurs(address: string): boolean {
  try {
    const url = new URL(address);
    // `origin` is "null" for schemes the URL parser does not know.
    return `${url.protocol}//${url.host}` === APP_ORIGIN;
  } catch {
    return false;
  }
}
