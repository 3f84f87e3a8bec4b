import { describe, expect, it } from 'vitest';
import { chartRange, groupAlerts, idsBetween, markOf } from '../../../../src-renderer/views/alerts/groups.ts';
import { alert } from './alerts.ts';

describe('alert groups', () => {
  it('stand by area with the worst first, within and among them', () => {
    const groups = groupAlerts([
      alert({ id: 'disk', area: 'infrastructure', severity: 'warning' }),
      alert({ id: 'own', area: 'yagura', severity: 'critical' }),
      alert({ id: 'cpu', area: 'infrastructure', severity: 'error' }),
      alert({ id: 'ssh', area: 'security', severity: 'critical' }),
    ]);
    expect(groups.map((group) => [group.area, group.alerts.map(({ id }) => id)])).toEqual([
      ['security', ['ssh']],
      ['yagura', ['own']],
      ['infrastructure', ['cpu', 'disk']],
    ]);
  });

  it('put what nobody has acknowledged before what somebody has', () => {
    const [group] = groupAlerts([
      alert({ id: 'seen', acknowledgedAt: 5, since: 9 }),
      alert({ id: 'new', since: 1 }),
    ]);
    expect(group!.alerts.map(({ id }) => id)).toEqual(['new', 'seen']);
  });

  it('never show a blind rule as its severity or as well', () => {
    expect(markOf(alert({ blindness: 'noData', severity: 'error' }))).toBe('unknown');
    expect(markOf(alert({ state: 'resolved' }))).toBe('ok');
  });
});

describe('a stretch of alerts', () => {
  const ordered = ['a', 'b', 'c'].map((id) => alert({ id }));

  it('has both ends, in the order shown', () => {
    expect(idsBetween(ordered, 'c', 'b')).toEqual(['b', 'c']);
  });

  it('is the alert itself when its beginning has left the list', () => {
    expect(idsBetween(ordered, 'gone', 'b')).toEqual(['b']);
    expect(idsBetween(ordered, 'a', 'gone')).toEqual([]);
  });
});

describe('chart range', () => {
  const hour = 3_600_000;

  it('shows what came before and stops now', () => {
    expect(chartRange(alert({ since: 10 * hour }), 11 * hour)).toEqual({ from: 9.5 * hour, to: 11 * hour });
  });

  it('is no longer than a day, and ends soon after the alert did', () => {
    const long = chartRange(alert({ since: hour }), 100 * hour);
    expect(long.to - long.from).toBe(24 * hour);
    expect(chartRange(alert({ since: hour, resolvedAt: 2 * hour }), 100 * hour).to).toBeLessThan(2.5 * hour);
  });
});
