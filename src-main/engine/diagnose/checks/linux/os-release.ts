import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';

export interface OsRelease {
  id: string;
  /** `12`, `22.04`. */
  version: string;
  name: string;
  /** `debian` and those made from it; `rhel` likewise. */
  family: string[];
  /** Last day of support, where the system says so itself: `2026-05-13`. */
  supportEnd?: string | undefined;
  /** Has no versions: what is newest is what is supported. */
  rolling: boolean;
}

/** os-release(5): the file in /etc goes before the one in /usr/lib. */
export async function readOsRelease(host: HostProbe): Promise<ProbeAnswer<OsRelease>> {
  const own = await host.read('/etc/os-release');
  const text = !own.ok && own.why === 'absent' ? await host.read('/usr/lib/os-release') : own;
  if (!text.ok) return text;
  const field = (name: string): string =>
    new RegExp(`^${name}=["']?([^"'\\n]*)["']?$`, 'm').exec(text.value)?.[1] ?? '';
  const id = field('ID');
  const family = [id, ...field('ID_LIKE').split(' ')].filter((each) => each !== '');
  const supportEnd = /^\d{4}-\d\d-\d\d$/.exec(field('SUPPORT_END'))?.[0];
  return {
    ok: true,
    value: {
      id,
      version: field('VERSION_ID'),
      name: field('PRETTY_NAME'),
      family,
      supportEnd,
      rolling: field('BUILD_ID') === 'rolling',
    },
  };
}
