import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';

/** UTC milliseconds of the host that is looked at, which in a recording is not the time of whoever looks. */
export async function clockOf(host: HostProbe): Promise<ProbeAnswer<number>> {
  const answer = await host.run('date', ['+%s']);
  if (!answer.ok) return answer;
  const seconds = Number(answer.value.stdout.trim());
  return Number.isFinite(seconds) && seconds > 0
    ? { ok: true, value: seconds * 1000 }
    : { ok: false, why: 'failed', detail: answer.value.stderr };
}
