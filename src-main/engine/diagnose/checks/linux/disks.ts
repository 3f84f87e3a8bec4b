import type { CheckEvidence } from '../../../../../src-preload/contract/diagnosis.ts';
import type { Check, CheckVerdict } from '../../check.ts';
import { failed, notApplicable, passed, unknown } from '../../verdict.ts';
import { mountOf, MOUNTS, mountsOf, protectionOf } from './block-devices.ts';

const common = { subject: 'disk', score: 'security' } as const;
/** Where systems and people keep what is worth reading; /boot is open by its nature. */
const DATA = /^\/($|(home|root|var|srv|opt|data)(\/|$))/;

const encryption: Check = {
  ...common,
  id: 'DSK-01',
  weight: 7,
  severity: 'error',
  minutes: 240,
  references: ['CIS Controls v8 3.6', 'NIST SP 800-53 SC-28'],
  async look(host) {
    const text = await host.read(MOUNTS);
    if (!text.ok) return unknown(text, MOUNTS);
    const mounts = mountsOf(text.value).filter(
      ({ point, device }) => DATA.test(point) && (point === '/' || /^\/dev\/(?!loop)/.test(device)),
    );
    const evidence: CheckEvidence[] = [];
    const open: string[] = [];
    let unseen: CheckVerdict | undefined;
    for (const { device, point } of mounts) {
      const answer = await protectionOf(host, device);
      if (!answer.ok) return unknown(answer, device);
      const { kind, by } = answer.value;
      evidence.push({ text: `${device} on ${point}: ${by}`, place: MOUNTS });
      if (kind === 'plain') open.push(point);
      // A container or a guest, whose disk is its host's; or a file system that encrypts by itself.
      if (kind === 'virtual' || kind === 'other') unseen ??= hostsDisk(device, point);
    }
    if (open.length > 0) return failed(evidence, { parameters: { points: open.join(', ') } });
    if (evidence.length === 0) return unknown({ ok: false, why: 'absent', detail: '' }, '/');
    return unseen ?? passed(evidence);
  },
};

function hostsDisk(device: string, point: string): CheckVerdict {
  return {
    status: 'unknown',
    found: 'virtual',
    parameters: { device },
    evidence: [{ text: `${device} on ${point}`, place: MOUNTS }],
  };
}

const swap: Check = {
  ...common,
  id: 'DSK-05',
  weight: 3,
  severity: 'warning',
  minutes: 30,
  references: ['crypttab(5)', 'NIST SP 800-53 SC-28'],
  async look(host) {
    const path = '/proc/swaps';
    const text = await host.read(path);
    if (!text.ok) return text.why === 'absent' ? notApplicable() : unknown(text, path);
    const mounts = await host.read(MOUNTS);
    if (!mounts.ok) return unknown(mounts, MOUNTS);
    const areas = text.value
      .split('\n')
      .slice(1)
      .filter((line) => line.trim() !== '');
    if (areas.length === 0) return notApplicable();
    const evidence: CheckEvidence[] = [];
    const open: string[] = [];
    let unseen: CheckVerdict | undefined;
    for (const line of areas) {
      const [name = '', type] = line.split(/\s+/);
      // Compressed memory: nothing of it reaches a disk.
      const inMemory = /^\/dev\/zram\d+$/.test(name);
      const device = type === 'file' ? (mountOf(mountsOf(mounts.value), name)?.device ?? name) : name;
      const answer = await protectionOf(host, device);
      if (!answer.ok) return unknown(answer, device);
      const { kind, by } = answer.value;
      evidence.push({ text: inMemory ? `${name}: in memory` : `${name}: ${by}`, place: path });
      if (inMemory) continue;
      if (kind === 'plain') open.push(name);
      if (kind === 'virtual' || kind === 'other') unseen ??= hostsDisk(device, name);
    }
    if (open.length > 0) return failed(evidence, { parameters: { names: open.join(', ') } });
    return unseen ?? passed(evidence);
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
      if (result === undefined) {
        // Not forbidden: behind a controller that hides its disks, or on one without such a memory.
        const why = /permission denied|must be root/i.test(answer.value.stdout) ? 'forbidden' : 'failed';
        return unknown({ ok: false, why, detail: answer.value.stdout.trim().slice(-200) }, command);
      }
      evidence.push({ text: result, place: command });
      if (!/^(PASSED|OK)/.test(result)) bad.push(name);
    }
    if (bad.length > 0) return failed(evidence, { parameters: { names: bad.join(', ') } });
    return passed(evidence, { parameters: { count: disks.length } });
  },
};

/** Places where everybody may write. Those that are no mounts of their own have no options of their own. */
const SHARED = ['/dev/shm', '/tmp', '/var/tmp'];
const RESTRICTIONS = ['nosuid', 'nodev', 'noexec'];

const sharedPlaces: Check = {
  ...common,
  id: 'DSK-03',
  weight: 2,
  severity: 'warning',
  minutes: 5,
  references: ['CIS Debian Linux 12 Benchmark, 1.1 Filesystem', 'mount(8)'],
  async look(host) {
    const text = await host.read(MOUNTS);
    if (!text.ok) return unknown(text, MOUNTS);
    const mounts = mountsOf(text.value).filter(({ point }) => SHARED.includes(point));
    if (mounts.length === 0) return notApplicable();
    const evidence = mounts.map(({ point, options }) => ({
      text: `${point} ${options.join(',')}`,
      place: MOUNTS,
    }));
    const lacking = mounts.flatMap(({ point, options }) => {
      const missing = RESTRICTIONS.filter((option) => !options.includes(option));
      return missing.length > 0 ? [{ point, missing }] : [];
    });
    if (lacking.length === 0) return passed(evidence);
    return failed(evidence, {
      points: lacking.some(({ missing }) => missing.includes('nosuid')) ? 0 : 1,
      parameters: {
        missing: lacking.map(({ point, missing }) => `${point} ${missing.join(',')}`).join('; '),
      },
      command: lacking.map(({ point }) => `mount -o remount,${RESTRICTIONS.join(',')} ${point}`).join(' && '),
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

export const diskChecks: readonly Check[] = [encryption, health, sharedPlaces, raid, swap];
