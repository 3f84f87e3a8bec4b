import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';

export const SSHD_CONFIG = '/etc/ssh/sshd_config';

/** A setting of sshd with where it stands. */
export interface SshdSetting {
  value: string;
  /** `/etc/ssh/sshd_config:57`. */
  place: string;
}

/** A setting that counts for some connections only. */
export interface ConditionalSetting extends SshdSetting {
  keyword: string;
  /** The condition as it stands: `User deploy`. */
  match: string;
}

type Failure = Extract<ProbeAnswer<never>, { ok: false }>;

const MAX_INCLUDES = 50;
/** `Match all`. */
const EVERYBODY = 'all';
/** Older names that sshd still takes: sshd_config(5), servconf.c of OpenSSH. */
const OLD_NAMES: Record<string, string> = {
  challengeresponseauthentication: 'kbdinteractiveauthentication',
  skeyauthentication: 'kbdinteractiveauthentication',
  pubkeyacceptedkeytypes: 'pubkeyacceptedalgorithms',
};

/**
 * sshd's settings as sshd reads them (sshd_config(5)): the first value of a keyword counts, files included stand where the
 * Include stands, keywords ignore case, and what follows a Match counts only for the connections it names, to the next
 * Match or the end of its file.
 */
export class SshdConfig {
  readonly #settings = new Map<string, SshdSetting>();
  /** Below `Match all`: a Match goes before what stands outside of one, even when it comes later. */
  readonly #forEverybody = new Map<string, SshdSetting>();
  readonly #conditional: ConditionalSetting[] = [];

  static async read(host: HostProbe): Promise<ProbeAnswer<SshdConfig>> {
    const main = await host.read(SSHD_CONFIG);
    if (!main.ok) return main;
    const config = new SshdConfig();
    const problem = await config.#take(host, SSHD_CONFIG, main.value, { left: MAX_INCLUDES }, undefined);
    return problem ?? { ok: true, value: config };
  }

  /** The setting in force; undefined where sshd's own default is. */
  get(keyword: string): SshdSetting | undefined {
    const name = keyword.toLowerCase();
    return this.#forEverybody.get(name) ?? this.#settings.get(name);
  }

  /** What Match blocks say about a keyword, in order. */
  conditional(keyword: string): ConditionalSetting[] {
    return this.#conditional.filter((each) => each.keyword === keyword.toLowerCase());
  }

  /** @param within the Match that an Include stands in */
  async #take(
    host: HostProbe,
    path: string,
    text: string,
    includes: { left: number },
    within: string | undefined,
  ): Promise<Failure | undefined> {
    let match = within;
    for (const [index, line] of text.split('\n').entries()) {
      const [, keyword = '', value = ''] =
        /^\s*([A-Za-z]\w*)(?:\s*=\s*|\s+)"?([^"#]*?)"?\s*(?:#.*)?$/.exec(line) ?? [];
      const name = OLD_NAMES[keyword.toLowerCase()] ?? keyword.toLowerCase();
      if (name === '') continue;
      if (name === 'match') match = both(within, value);
      else if (name === 'include') {
        const problem = await this.#include(host, value, includes, match);
        if (problem !== undefined) return problem;
      } else this.#keep(name, { value, place: `${path}:${index + 1}` }, match);
    }
    return undefined;
  }

  #keep(keyword: string, setting: SshdSetting, match: string | undefined): void {
    if (match !== undefined && match !== EVERYBODY) {
      this.#conditional.push({ ...setting, keyword, match });
      return;
    }
    const settings = match === EVERYBODY ? this.#forEverybody : this.#settings;
    if (!settings.has(keyword)) settings.set(keyword, setting);
  }

  async #include(
    host: HostProbe,
    patterns: string,
    includes: { left: number },
    match: string | undefined,
  ): Promise<Failure | undefined> {
    const files = await expand(host, patterns);
    if (!files.ok) return files;
    for (const path of files.value) {
      includes.left -= 1;
      if (includes.left < 0) return { ok: false, why: 'tooLarge', detail: `Include ${patterns}` };
      const file = await host.read(path);
      // A pattern that finds nothing is no mistake for sshd; a file that may not be read may hold the very setting.
      if (!file.ok && file.why === 'absent') continue;
      if (!file.ok) return file;
      const problem = await this.#take(host, path, file.value, includes, match);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
}

/** A Match in a file that is included below a Match: both must hold. */
function both(outer: string | undefined, value: string): string {
  const inner = value.toLowerCase() === EVERYBODY ? EVERYBODY : value;
  if (outer === undefined || outer === EVERYBODY) return inner;
  return inner === EVERYBODY ? outer : `${outer} ${inner}`;
}

/** Files of an Include: paths below /etc/ssh unless absolute, with `*` in the last part. */
async function expand(host: HostProbe, patterns: string): Promise<ProbeAnswer<string[]>> {
  const files: string[] = [];
  for (const pattern of patterns.split(/\s+/).filter((each) => each !== '')) {
    const path = pattern.startsWith('/') ? pattern : `/etc/ssh/${pattern}`;
    const slash = path.lastIndexOf('/');
    const [folder, name] = [path.slice(0, slash), path.slice(slash + 1)];
    if (!name.includes('*')) {
      files.push(path);
      continue;
    }
    const [start = '', end = ''] = name.split('*', 2);
    const names = await host.list(folder);
    if (!names.ok && names.why === 'absent') continue;
    if (!names.ok) return names;
    for (const each of names.value)
      if (each.startsWith(start) && each.endsWith(end)) files.push(`${folder}/${each}`);
  }
  return { ok: true, value: files };
}
