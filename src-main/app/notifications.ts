import { Notification } from 'electron';
import type { Message } from '../../src-preload/contract/shared.ts';
import type { Severity } from '../../src-preload/contract/shared.ts';

export interface Notice {
  severity: Severity;
  title: Message;
  body: Message;
}

/** Notifications that are shown, kept so that they are not collected before they are clicked. Limited. */
const shown = new Set<Notification>();
const MAX_SHOWN = 50;

/**
 * Shows a desktop notification.
 * @returns false where the system has none
 */
export function showNotice(notice: Notice, say: (message: Message) => string, onClick: () => void): boolean {
  if (!Notification.isSupported()) return false;
  const notification = new Notification({
    title: say(notice.title),
    body: say(notice.body),
    urgency: notice.severity === 'critical' ? 'critical' : 'normal',
  });
  shown.add(notification);
  const [oldest] = shown;
  if (shown.size > MAX_SHOWN && oldest !== undefined) shown.delete(oldest);
  notification.on('click', onClick);
  notification.on('close', () => shown.delete(notification));
  notification.show();
  return true;
}
