import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';

export interface OsRelease {
  id: string;
  /** `12`, `22.04`. */
  version: string;
  name: string;
  /** `debian` and those made from it; `rhel` likewise. */
  family: string[];
}

/** os-release(5). */
export async function readOsRelease(host: HostProbe): Promise<ProbeAnswer<OsRelease>> {
  const text = await host.read('/etc/os-release');
  if (!text.ok) return text;
  const field = (name: string): string =>
    new RegExp(`^${name}=["']?([^"'\\n]*)["']?$`, 'm').exec(text.value)?.[1] ?? '';
  const id = field('ID');
  const family = [id, ...field('ID_LIKE').split(' ')].filter((each) => each !== '');
  return { ok: true, value: { id, version: field('VERSION_ID'), name: field('PRETTY_NAME'), family } };
}
