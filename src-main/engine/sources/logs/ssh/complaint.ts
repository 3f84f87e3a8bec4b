import type { Message } from '../../../../../src-preload/contract/shared.ts';
import type { RemoteFile } from './address.ts';

/** What OpenSSH writes (it is never translated) and what it means. The first that fits counts. */
const COMPLAINTS: readonly (readonly [RegExp, string])[] = [
  [/REMOTE HOST IDENTIFICATION HAS CHANGED|host key .* has changed/i, 'sshHostChanged'],
  [/Host key verification failed|No .* host key is known/i, 'sshHostUnknown'],
  [/Permission denied|Too many authentication failures|no mutual signature/i, 'sshDenied'],
  [/Could not resolve hostname/i, 'sshUnresolved'],
  [/Connection refused|No route to host|Network is unreachable|timed out/i, 'sshUnreachable'],
  [/ENOENT/, 'sshMissing'],
];

/** Why a connection ended, with what helps to mend it. @param said what `ssh` wrote, or the system's error */
export function complaintOf(said: string, { user, host, port }: RemoteFile): Message {
  const kind = COMPLAINTS.find(([pattern]) => pattern.test(said))?.[1] ?? 'sshEnded';
  const command = ['ssh', ...(port === undefined ? [] : ['-p', String(port)])];
  const last = said.trim().split('\n').at(-1) ?? '';
  return {
    key: `sources.reason.${kind}`,
    parameters: {
      host,
      why: last.slice(0, 300),
      command: [...command, user === undefined ? host : `${user}@${host}`].join(' '),
    },
  };
}
