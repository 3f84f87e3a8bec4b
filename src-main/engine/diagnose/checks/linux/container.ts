import type { HostProbe } from '../../host-probe.ts';

/** Files that Docker, Podman and systemd-nspawn or LXC put into a container: systemd's virt.c looks at the same. */
const MARKS = ['/.dockerenv', '/run/.containerenv', '/run/systemd/container'];

/** In a container, kernel, clock and disks are its host's, and so is what is to be said of them. */
export async function isContainer(host: HostProbe): Promise<boolean> {
  for (const path of MARKS) if ((await host.stat(path)).ok) return true;
  return false;
}
