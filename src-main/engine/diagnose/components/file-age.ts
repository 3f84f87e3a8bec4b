import { stat } from 'node:fs/promises';
import type { ProbeAnswer } from '../host-probe.ts';
import { classifiedError } from '../probe/failure.ts';
import { failed, passed, unknown } from '../verdict.ts';
import type { LookAt } from './kind.ts';

/** A file was written within this time. */
export const lookAtFileAge: LookAt<'fileAge'> = async ({ path, maximumSeconds }, { now }) => {
  const answer = await modifiedAt(path);
  if (!answer.ok) {
    if (answer.why !== 'absent') return unknown(answer, path);
    return failed([{ text: '–', place: path }], { found: 'absent', parameters: { path } });
  }
  const ageMs = Math.max(0, now() - answer.value);
  const evidence = [{ text: new Date(answer.value).toISOString(), place: path }];
  const parameters = { path, ageMs, limitMs: maximumSeconds * 1000 };
  if (ageMs > maximumSeconds * 1000) return failed(evidence, { parameters });
  return passed(evidence, { parameters });
};

/** Of what a link points to (`latest.csv`): the host probe, which does not follow links, would answer for the link. */
async function modifiedAt(path: string): Promise<ProbeAnswer<number>> {
  try {
    return { ok: true, value: (await stat(path)).mtimeMs };
  } catch (error) {
    return classifiedError(error);
  }
}
