import type { Check } from '../../check.ts';
import { failed, notApplicable, passed, unknown } from '../../verdict.ts';

const MOUNTS = '/proc/mounts';
const common = { subject: 'disk', score: 'security' } as const;

interface Mount {
  device: string;
  point: string;
  options: string[];
}

function mountsOf(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [device = '', point = '', , options = ''] = line.split(' ');
    return point === '' ? [] : [{ device, point, options: options.split(',') }];
  });
}

/** The device of the root file system and, below a mapped one, whether dm-crypt is among what it stands on. */
const encryption: Check = {
  ...common,
  id: 'DSK-01',
  weight: 7,
  severity: 'error',
  minutes: 240,
  references: ['CIS Controls v8 3.6', 'NIST SP 800-53 SC-28'],
  async look(host) {
    const mounts = await host.read(MOUNTS);
    if (!mounts.ok) return unknown(mounts, MOUNTS);
    const root = mountsOf(mounts.value).findLast(({ point }) => point === '/');
    if (root === undefined) return unknown({ ok: false, why: 'absent', detail: '' }, '/');
    // Overlay, 9p and the like: a container or a guest, whose disk is its host's.
    if (!root.device.startsWith('/dev/') || /^\/dev\/(vd[a-z]|root$)/.test(root.device))
      return unknown({ ok: false, why: 'failed', detail: `${root.device} on /` }, root.device);
    const blocks = await host.list('/sys/block');
    if (!blocks.ok) return unknown(blocks, '/sys/block');
    const crypt: string[] = [];
    for (const name of blocks.value.filter((each) => each.startsWith('dm-'))) {
      const uuid = await host.read(`/sys/block/${name}/dm/uuid`);
      if (uuid.ok && uuid.value.startsWith('CRYPT-'))
        crypt.push(`${name} ${uuid.value.trim().split('-').slice(0, 2).join('-')}`);
    }
    const isMapped = root.device.startsWith('/dev/mapper/') || root.device.startsWith('/dev/dm-');
    const evidence = [
      { text: `${root.device} on /`, place: MOUNTS },
      ...crypt.map((text) => ({ text, place: '/sys/block' })),
    ];
    return isMapped && crypt.length > 0 ? passed(evidence) : failed(evidence);
  },
};

const health: Check = {
  ...common,
  id: 'DSK-02',
  weight: 5,
  severity: 'critical',
  minutes: 60,
  references: ['smartctl(8)'],
  async look(host) {
    const blocks = await host.list('/sys/block');
    if (!blocks.ok) return unknown(blocks, '/sys/block');
    const disks = blocks.value.filter((name) => /^(sd[a-z]+|nvme\d+n\d+|hd[a-z])$/.test(name));
    if (disks.length === 0) return notApplicable();
    const evidence = [];
    const bad: string[] = [];
    for (const name of disks) {
      const command = `smartctl -H /dev/${name}`;
      const answer = await host.run('smartctl', ['-H', `/dev/${name}`]);
      if (!answer.ok) return unknown(answer, command);
      const result = /(?:self-assessment test result|SMART Health Status): *(\S+)/.exec(
        answer.value.stdout,
      )?.[1];
      // Without rights, or behind a controller that hides its disks.
      if (result === undefined)
        return unknown({ ok: false, why: 'forbidden', detail: answer.value.stdout.slice(-200) }, command);
      evidence.push({ text: result, place: command });
      if (!/^(PASSED|OK)/.test(result)) bad.push(name);
    }
    if (bad.length > 0) return failed(evidence, { parameters: { names: bad.join(', ') } });
    return passed(evidence, { parameters: { count: disks.length } });
  },
};

const sharedMemory: Check = {
  ...common,
  id: 'DSK-03',
  weight: 2,
  severity: 'warning',
  minutes: 5,
  references: ['CIS Debian Linux 12 Benchmark, 1.1 Filesystem'],
  async look(host) {
    const mounts = await host.read(MOUNTS);
    if (!mounts.ok) return unknown(mounts, MOUNTS);
    const mount = mountsOf(mounts.value).findLast(({ point }) => point === '/dev/shm');
    if (mount === undefined) return notApplicable();
    const evidence = [{ text: `/dev/shm ${mount.options.join(',')}`, place: MOUNTS }];
    const missing = ['nosuid', 'nodev', 'noexec'].filter((option) => !mount.options.includes(option));
    if (missing.length === 0) return passed(evidence);
    return failed(evidence, {
      points: missing.includes('nosuid') ? 0 : 1,
      parameters: { missing: missing.join(', ') },
      command: 'mount -o remount,nosuid,nodev,noexec /dev/shm',
    });
  },
};

const raid: Check = {
  ...common,
  id: 'DSK-04',
  weight: 6,
  severity: 'critical',
  minutes: 60,
  references: ['md(4)'],
  async look(host) {
    const path = '/proc/mdstat';
    const text = await host.read(path);
    if (!text.ok) return text.why === 'absent' ? notApplicable() : unknown(text, path);
    const arrays = [...text.value.matchAll(/^(md\w+) : (.+)\n(.*)$/gm)];
    if (arrays.length === 0) return notApplicable();
    const evidence = arrays.map(([, name = '', members = '', state = '']) => ({
      text: `${name} ${members} ${state.trim()}`,
      place: path,
    }));
    const degraded = arrays.filter(
      ([, , members = '', state = '']) => /\(F\)/.test(members) || /\[U*_+[U_]*\]/.test(state),
    );
    if (degraded.length === 0) return passed(evidence, { parameters: { count: arrays.length } });
    return failed(evidence, { parameters: { names: degraded.map(([, name]) => name ?? '').join(', ') } });
  },
};

export const diskChecks: readonly Check[] = [encryption, health, sharedMemory, raid];
