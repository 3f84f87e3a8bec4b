import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readReport } from '../../../src-main/engine/report-making.ts';
import { DataDirectory, DAY, finding, FROM, HOUR, making, task, TO } from './report-fixture.ts';

let data: DataDirectory;
beforeEach(() => (data = new DataDirectory()));
afterEach(() => data.close());

const verdict = async (request: Parameters<typeof task>[1] = {}) => {
  const { state, headline, details } = (await readReport(task(data.path, request), making)).data.verdict;
  return {
    state,
    headline: headline.key.replace('report.verdict.', ''),
    details: details.map(({ key }) => key),
  };
};
const watched = (): void => data.addRun(FROM - DAY, TO + HOUR);
const read = (): void => data.addLines(100, FROM, TO, (index) => `line ${index}`);

describe('the verdict of a security report', () => {
  it('is good only when it was watched, logs were read and nothing was found', async () => {
    watched();
    read();
    expect(await verdict()).toMatchObject({ state: 'ok', headline: 'quiet' });
  });

  it('is unknown when no log was read', async () => {
    watched();
    expect(await verdict()).toMatchObject({ state: 'unknown', headline: 'noLogs' });
  });

  it('is unknown for a day of which ten hours were watched, however quiet', async () => {
    data.addRun(FROM, FROM + 10 * HOUR);
    read();
    expect(await verdict()).toMatchObject({ state: 'unknown', headline: 'notWatched' });
  });

  it('is unknown when nothing ever ran', async () => {
    expect(await verdict()).toMatchObject({ state: 'unknown', headline: 'neverWatched' });
  });

  it('is not spoilt by a restart of a minute', async () => {
    data.addRun(FROM - DAY, FROM + HOUR);
    data.addRun(FROM + HOUR + 60_000, TO + HOUR);
    read();
    expect(await verdict()).toMatchObject({ state: 'ok', headline: 'quiet' });
  });

  it('says what goes on, and since when', async () => {
    watched();
    data.addFindings([finding({})]);
    data.addAlert({ severity: 'critical' });
    expect(await verdict()).toMatchObject({
      state: 'critical',
      headline: 'ongoing',
      details: ['report.verdict.ongoingDetail', 'report.verdict.attacksDetail'],
    });
  });

  it('of attacks without an open alert is a warning', async () => {
    watched();
    data.addFindings([finding({})]);
    data.addAlert({ resolvedAt: TO - HOUR });
    expect(await verdict()).toMatchObject({ state: 'warning', headline: 'attacked' });
  });

  it('of a sign-in after guessing is critical, whatever else is', async () => {
    watched();
    data.addFindings([finding({ successes: 2 }), finding({ id: 'same', type: 'sign_in', successes: 2 })]);
    expect(await verdict()).toMatchObject({ state: 'critical', headline: 'succeeded' });
  });

  it('of a sign-in after guessing is known from the stored lines, not from what came before', async () => {
    watched();
    const accepted = (address: string): string =>
      `2026-11-20T10:00:00+00:00 gw sshd[7]: Accepted password for root from ${address} port 50112 ssh2`;
    data.addFindings([finding({ time: FROM + 10 * HOUR, firstTime: FROM + 9 * HOUR })]);
    data.addLines(1, FROM + HOUR, FROM + 2 * HOUR, () => accepted('203.0.113.9'));
    expect(await verdict()).toMatchObject({ headline: 'attacked' });
    data.close();
    data = new DataDirectory();
    watched();
    data.addFindings([finding({ time: FROM + 10 * HOUR, firstTime: FROM + 9 * HOUR })]);
    data.addLines(40, FROM + 11 * HOUR, FROM + 12 * HOUR, (index) =>
      accepted(index % 20 === 7 ? '203.0.113.9' : `192.0.2.${index}`),
    );
    expect(await verdict()).toMatchObject({ state: 'critical', headline: 'succeeded' });
    const { threats, addresses } = (await readReport(task(data.path), making)).data;
    expect(threats).toMatchObject({ successes: 2, succeeded: { '203.0.113.9': 2 } });
    expect(addresses?.worst[0]).toMatchObject({ successes: 2, distinctUsers: 1 });
  });

  it('stays bad when part of the time was not watched, and says so', async () => {
    data.addRun(FROM, FROM + 10 * HOUR);
    data.addFindings([finding({})]);
    const { state, details } = await verdict();
    expect(state).toBe('warning');
    expect(details).toContain('report.verdict.notWatched');
  });
});

describe('the verdict of the other reports', () => {
  it('alerts: open ones are told, ended ones are no worry', async () => {
    watched();
    data.addAlert({ resolvedAt: TO - HOUR });
    expect(await verdict({ kind: 'alerts' })).toMatchObject({ state: 'ok', headline: 'allEnded' });
    data.addAlert({ severity: 'warning' });
    expect(await verdict({ kind: 'alerts' })).toMatchObject({ state: 'warning', headline: 'open' });
  });

  it('health: without a diagnosis nothing is known', async () => {
    watched();
    expect(await verdict({ kind: 'health' })).toMatchObject({ state: 'unknown', headline: 'noDiagnosis' });
  });

  it('logs: lines are told', async () => {
    watched();
    read();
    expect(await verdict({ kind: 'logs' })).toMatchObject({ state: 'ok', headline: 'lines' });
  });
});
