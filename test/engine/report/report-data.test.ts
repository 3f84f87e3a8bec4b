import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readReport } from '../../../src-main/engine/report-making.ts';
import type { ReportData } from '../../../src-main/engine/report/report-data.ts';
import { FindingReader } from '../../../src-main/engine/store/state/finding-reader.ts';
import { StateAlerts } from '../../../src-main/engine/store/state/alerts.ts';
import { DataDirectory, DAY, finding, FROM, HOUR, making, RANGE, task, TO } from './report-fixture.ts';

let data: DataDirectory;
beforeEach(() => (data = new DataDirectory()));
afterEach(() => data.close());

const read = async (request: Parameters<typeof task>[1] = {}): Promise<ReportData> =>
  (await readReport(task(data.path, request), making)).data;
const sum = (values: number[]): number => values.reduce((all, value) => all + value, 0);

describe("a report's data", () => {
  it('counts attacks as the screens’ queries count them', async () => {
    data.addFindings([
      finding({ count: 400, firstTime: FROM - HOUR }),
      finding({ type: 'sqli', severity: 'critical', addresses: ['198.51.100.1', '198.51.100.2'], count: 7 }),
      finding({ type: 'sqli', time: TO - 1, addresses: ['198.51.100.1'], count: 30 }),
      finding({ type: 'scan', time: FROM - 1, addresses: ['192.0.2.1'], count: 90 }),
      finding({ type: 'scan', time: TO, addresses: ['192.0.2.2'], count: 80 }),
    ]);
    const { threats, addresses } = await read();
    const reader = new FindingReader(data.database);
    const asked = reader.addresses(RANGE, 500);
    expect(threats?.byType.map(({ type, severity, events }) => ({ type, severity, events }))).toEqual(
      asked.byType,
    );
    expect(threats?.findings).toBe(reader.page(RANGE, undefined, 500).total);
    expect(threats?.addresses).toBe(asked.total);
    expect(addresses?.worst.map(({ address, risk }) => [address, risk])).toEqual(
      asked.addresses.map(({ address, risk }) => [address, risk]),
    );
    expect(threats).toMatchObject({ events: 437, previousFindings: 1, previousEvents: 90, newAddresses: 3 });
    expect(threats?.byType.find(({ type }) => type === 'sqli')).toMatchObject({ addresses: 2, findings: 2 });
  });

  it('spreads the events of each type over the hours without losing or inventing one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            type: fc.constantFrom('sqli', 'xss', 'scan'),
            time: fc.integer({ min: FROM, max: TO - 1 }),
            lasted: fc.integer({ min: 0, max: 2 * DAY }),
            count: fc.integer({ min: 1, max: 5000 }),
          }),
          { maxLength: 30 },
        ),
        async (parts) => {
          const here = new DataDirectory();
          try {
            here.addFindings(
              parts.map(({ lasted, ...part }, index) =>
                finding({ ...part, id: String(index), firstTime: part.time - lasted }),
              ),
            );
            const { threats } = (await readReport(task(here.path), making)).data;
            for (const { type, events } of threats!.byType) {
              const series = threats!.trend.series.find((each) => each.type === type);
              expect(sum(series!.values)).toBe(events);
              expect(Math.min(...series!.values)).toBeGreaterThanOrEqual(0);
            }
            expect(sum(threats!.byType.map(({ events }) => events))).toBe(threats!.events);
            expect(threats!.trend.times.at(-1)).toBeLessThan(TO);
          } finally {
            here.close();
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it('draws an attack for as long as it went on, not only until it was recognised', async () => {
    const time = FROM + HOUR;
    const evidence = [time, time + 5 * HOUR].map((at) => ({ time: at, text: 'x', sourceId: 'a', offset: 1 }));
    data.addFindings([finding({ time, firstTime: time, count: 600, evidence })]);
    const { threats, addresses } = await read();
    expect(threats?.trend.series[0]?.values.filter((value) => value > 0)).toEqual(Array(6).fill(100));
    expect(threats?.lastTime).toBe(time + 5 * HOUR);
    expect(addresses?.worst[0]?.lastTime).toBe(time + 5 * HOUR);
  });

  it('compares with a range of the same length before, whatever the length', async () => {
    data.addFindings([
      finding({ time: TO - 2 * HOUR, count: 3 }),
      finding({ time: TO - 3 * HOUR, count: 8 }),
    ]);
    const { threats, previousRange } = await read({ range: { from: TO - 2.5 * HOUR, to: TO } });
    expect(previousRange).toEqual({ from: TO - 5 * HOUR, to: TO - 2.5 * HOUR });
    expect(threats).toMatchObject({ events: 3, previousEvents: 8 });
  });

  it('takes the time to acknowledge and to the end from firing, median and worst', async () => {
    const minutes = [1, 2, 9, 60];
    for (const [index, minute] of minutes.entries()) {
      data.addAlert({
        firedAt: FROM + index * HOUR,
        acknowledgedAt: FROM + index * HOUR + minute * 60_000,
        acknowledgedBy: 'operator',
        resolvedAt: FROM + (index + 2) * HOUR,
        ...(index === 0 ? { resolvedBy: 'operator' } : {}),
      });
    }
    data.addAlert({ firedAt: FROM - HOUR, severity: 'critical' });
    const { alerts } = await read({ kind: 'alerts' });
    expect(alerts?.acknowledged).toEqual({ count: 4, medianMs: 5.5 * 60_000, worstMs: HOUR });
    expect(alerts?.resolved).toEqual({ count: 4, medianMs: 2 * HOUR, worstMs: 2 * HOUR });
    expect(alerts?.total).toBe(new StateAlerts(data.database).history(RANGE, undefined, 10).total);
    expect(alerts).toMatchObject({ total: 4, resolvedByPerson: 1, previousTotal: 1 });
    // It fired before the range and is open still: counted as open, not as fired.
    expect(alerts?.open.map(({ severity }) => severity)).toEqual(['critical']);
  });

  it('counts lines by source, severity and hour alike', async () => {
    data.addLines(9000, FROM - HOUR, TO + HOUR, (index) => `line ${index}`);
    const { logs, sight } = await read({ kind: 'logs' });
    const inHistogram = sum(
      logs!.histogram.buckets.map(({ critical, error, warning, info }) => critical + error + warning + info),
    );
    expect(logs?.lines).toBe(inHistogram);
    expect(logs?.lines).toBe(sight.lines);
    expect(sum(Object.values(logs!.bySeverity))).toBe(logs?.lines);
    expect(sum(logs!.bySource.map(({ lines }) => lines))).toBe(logs?.lines);
    expect(logs?.bySeverity.critical).toBeCloseTo((logs!.lines * 3) / 8, -1);
    expect(logs?.worst).toHaveLength(100);
  });

  it('names a log that fell silent', async () => {
    data.addLines(100, FROM - 5 * HOUR, FROM, (index) => `line ${index}`);
    const { logs, verdict } = await read({ kind: 'logs' });
    expect(logs).toMatchObject({ lines: 0, previousLines: 100 });
    expect(logs?.quiet).toHaveLength(1);
    expect(verdict.headline.key).toBe('report.verdict.neverWatched');
  });

  it('leaves gaps in the machine’s charts, and what was left out of the report', async () => {
    data.addMetric('host_cpu_percent', FROM, FROM + HOUR, () => 40);
    data.addMetric('host_cpu_percent', TO - HOUR, TO, () => 60);
    const { host } = await read();
    expect(host?.map(({ name }) => name)).toEqual(['cpu']);
    expect(host?.[0]?.series[0]?.values).toContain(null);
    expect(host?.[0]?.limits.map(({ value }) => value)).toEqual([80, 90]);
    const short = await read({ without: ['host', 'threats', 'evidence', 'addresses'] });
    expect(short).not.toHaveProperty('host.0');
    expect(short.threats).toBeUndefined();
    expect(short.sections).not.toContain('host');
  });

  it('lists at most what it says it lists, and counts all', async () => {
    data.addFindings(
      Array.from({ length: 2500 }, (_, index) =>
        finding({ id: String(index), time: FROM + index * 1000, addresses: [`10.0.${index % 250}.1`] }),
      ),
    );
    const { threats, addresses } = await read();
    expect(threats?.findings).toBe(2500);
    expect(threats?.listed).toHaveLength(2000);
    expect(threats?.addresses).toBe(250);
    expect(addresses?.worst).toHaveLength(10);
  });

  it('tells when nobody watched', async () => {
    data.addRun(FROM - HOUR, FROM + 10 * HOUR);
    const { sight } = await read();
    expect(sight.gapCount).toBe(1);
    expect(sight.unwatchedMs).toBeCloseTo(14 * HOUR, -5);
    expect(sight.watchedMs + sight.unwatchedMs).toBe(DAY);
  });
});
