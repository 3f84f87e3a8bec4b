import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';

export const PASSWD = '/etc/passwd';

/** A line of /etc/passwd: passwd(5). */
export interface Account {
  name: string;
  uid: number;
  home: string;
  shell: string;
  /** `/etc/passwd:12`. */
  place: string;
}

/** First uid of people: login.defs(5), UID_MIN of every common distribution. */
const FIRST_PERSON = 1000;
const NOBODY = 65_534;

export async function readAccounts(host: HostProbe): Promise<ProbeAnswer<Account[]>> {
  const text = await host.read(PASSWD);
  if (!text.ok) return text;
  const accounts = text.value.split('\n').flatMap((line, index) => {
    const [name = '', , uid = '', , , home = '', shell = ''] = line.split(':');
    if (name === '' || !/^\d+$/.test(uid)) return [];
    return [{ name, uid: Number(uid), home, shell, place: `${PASSWD}:${index + 1}` }];
  });
  return { ok: true, value: accounts };
}

/** Belongs to a person rather than to a service. */
export function isPerson({ uid }: Account): boolean {
  return uid >= FIRST_PERSON && uid !== NOBODY;
}

/** Somebody can get a command line by it. Without a shell the system takes /bin/sh: passwd(5). */
export function canSignIn({ shell }: Account): boolean {
  return !/\/(nologin|false|sync|shutdown|halt|git-shell)$/.test(shell);
}
