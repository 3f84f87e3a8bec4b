import { failed, passed, unknown } from '../verdict.ts';
import type { HostProbe, ProbeAnswer } from '../host-probe.ts';
import type { LookAt } from './kind.ts';

/** Programs that are named after what they run rather than themselves: `java -jar gateway.jar`. */
const INTERPRETERS = /^(python[\d.]*|pypy3?|node|java|ruby|perl|dotnet|bash|sh|php|Rscript)(\.exe)?$/;
/** The kernel keeps this many characters of a name. */
const KERNEL_NAME_LENGTH = 15;

/** At least so many processes of that name run. */
export const lookAtProcess: LookAt<'process'> = async ({ process, atLeast }, { probe }) => {
  const answer = await processesOf(probe);
  if (!answer.ok) return unknown(answer, 'ps');
  const running = answer.value.filter((each) => isNamed(each, process, probe.platform)).length;
  const evidence = [{ text: `${running}`, place: process }];
  const parameters = { count: running, atLeast, process };
  if (running >= atLeast) return passed(evidence, { parameters });
  return failed(evidence, { parameters });
};

/** A process by its kernel name and its arguments, as far as the system tells. */
interface RunningProcess {
  name: string;
  args: string[];
}

function processesOf(probe: HostProbe): Promise<ProbeAnswer<RunningProcess[]>> {
  if (probe.platform === 'linux') return fromProc(probe);
  return probe.platform === 'win32' ? fromTasklist(probe) : fromPs(probe);
}

async function fromProc(probe: HostProbe): Promise<ProbeAnswer<RunningProcess[]>> {
  const names = await probe.list('/proc');
  if (!names.ok) return names;
  const found: RunningProcess[] = [];
  for (const id of names.value.filter((name) => /^\d+$/.test(name))) {
    const [name, line] = [await probe.read(`/proc/${id}/comm`), await probe.read(`/proc/${id}/cmdline`)];
    // It ended while we read.
    if (!name.ok) continue;
    const args = line.ok ? line.value.split('\0').filter((part) => part !== '') : [];
    found.push({ name: name.value.trimEnd(), args });
  }
  return { ok: true, value: found };
}

async function fromPs(probe: HostProbe): Promise<ProbeAnswer<RunningProcess[]>> {
  const answer = await probe.run('ps', ['-axww', '-o', 'args=']);
  if (!answer.ok) return answer;
  const value = answer.value.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const args = line.trim().split(/\s+/);
      return { name: baseName(args[0] ?? ''), args };
    });
  return { ok: true, value };
}

async function fromTasklist(probe: HostProbe): Promise<ProbeAnswer<RunningProcess[]>> {
  const answer = await probe.run('tasklist', ['/fo', 'csv', '/nh']);
  if (!answer.ok) return answer;
  const names = [...answer.value.stdout.matchAll(/^"([^"]+)"/gm)].map(([, name]) => name ?? '');
  return { ok: true, value: names.map((name) => ({ name, args: [] })) };
}

function isNamed({ name, args }: RunningProcess, wanted: string, platform: HostProbe['platform']): boolean {
  if (platform === 'win32') {
    const plain = (text: string): string => text.toLowerCase().replace(/\.exe$/, '');
    return plain(name) === plain(wanted);
  }
  if (name === wanted || (wanted.length > KERNEL_NAME_LENGTH && name === wanted.slice(0, KERNEL_NAME_LENGTH)))
    return true;
  const [program = '', ...rest] = args;
  if (baseName(program) === wanted) return true;
  return INTERPRETERS.test(baseName(program)) && rest.some((part) => baseName(part) === wanted);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
