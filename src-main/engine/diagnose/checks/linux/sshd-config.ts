import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';

export const SSHD_CONFIG = '/etc/ssh/sshd_config';

/** A setting of sshd with where it stands. */
export interface SshdSetting {
  value: string;
  /** `/etc/ssh/sshd_config:57`. */
  place: string;
}

const MAX_INCLUDES = 50;

/**
 * sshd's settings as sshd reads them (sshd_config(5)): the first value of a keyword counts, files included stand where the
 * Include stands, keywords ignore case, and what follows a Match counts only for some connections and is left out.
 */
export class SshdConfig {
  readonly #settings = new Map<string, SshdSetting>();

  static async read(host: HostProbe): Promise<ProbeAnswer<SshdConfig>> {
    const main = await host.read(SSHD_CONFIG);
    if (!main.ok) return main;
    const config = new SshdConfig();
    const problem = await config.#take(host, SSHD_CONFIG, main.value, { left: MAX_INCLUDES });
    return problem ?? { ok: true, value: config };
  }

  /** The setting in force; undefined where sshd's own default is. */
  get(keyword: string): SshdSetting | undefined {
    return this.#settings.get(keyword.toLowerCase());
  }

  async #take(
    host: HostProbe,
    path: string,
    text: string,
    includes: { left: number },
  ): Promise<Extract<ProbeAnswer<never>, { ok: false }> | undefined> {
    for (const [index, line] of text.split('\n').entries()) {
      const [, keyword = '', rest = ''] =
        /^\s*([A-Za-z]\w*)(?:\s*=\s*|\s+)"?([^"#]*?)"?\s*(?:#.*)?$/.exec(line) ?? [];
      const name = keyword.toLowerCase();
      if (name === '') continue;
      if (name === 'match') return undefined;
      if (name === 'include') {
        for (const included of await expand(host, rest)) {
          if ((includes.left -= 1) < 0) return undefined;
          const file = await host.read(included);
          // A drop-in that may not be read may hold the very setting that is asked for.
          if (!file.ok) return file.why === 'absent' ? undefined : file;
          const problem = await this.#take(host, included, file.value, includes);
          if (problem !== undefined) return problem;
        }
      } else if (!this.#settings.has(name))
        this.#settings.set(name, { value: rest, place: `${path}:${index + 1}` });
    }
    return undefined;
  }
}

/** Files of an Include: paths below /etc/ssh unless absolute, with `*` in the last part. */
async function expand(host: HostProbe, patterns: string): Promise<string[]> {
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
    if (!names.ok) continue;
    for (const each of names.value)
      if (each.startsWith(start) && each.endsWith(end)) files.push(`${folder}/${each}`);
  }
  return files;
}
