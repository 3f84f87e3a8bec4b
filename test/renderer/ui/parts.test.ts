import { mount } from '@vue/test-utils';
import { beforeEach, describe, expect, it } from 'vitest';
import { i18n, setLanguage, systemLanguage } from '../../../src-renderer/i18n.ts';
import EmptyState from '../../../src-renderer/ui/EmptyState.vue';
import Histogram from '../../../src-renderer/ui/Histogram.vue';
import { readFault } from '../../../src-renderer/ui/fault.ts';
import { translateMessage } from '../../../src-preload/contract/translate.ts';
import Panel from '../../../src-renderer/ui/Panel.vue';
import SeverityMark from '../../../src-renderer/ui/SeverityMark.vue';
import Sparkline from '../../../src-renderer/ui/Sparkline.vue';
import { worstState } from '../../../src-renderer/ui/states.ts';

const global = { plugins: [i18n] };
beforeEach(() => setLanguage('en'));

describe('severity marks', () => {
  it('differ in shape, not only in colour', () => {
    const states = ['critical', 'error', 'warning', 'info', 'ok', 'unknown', 'silenced'] as const;
    const shapes = states.map((state) => mount(SeverityMark, { props: { state }, global }).element.innerHTML);
    expect(new Set(shapes).size).toBe(states.length);
  });

  it('are silent beside their word and speak when alone', () => {
    const beside = mount(SeverityMark, { props: { state: 'error' }, global });
    expect(beside.attributes('aria-hidden')).toBe('true');
    const alone = mount(SeverityMark, { props: { state: 'error', spoken: true }, global });
    expect(alone.attributes('aria-label')).toBe('Error');
  });
});

it('not seeing is worse than a hint and never hides a warning', () => {
  expect(worstState(['ok', 'unknown', 'info'])).toBe('unknown');
  expect(worstState(['unknown', 'warning'])).toBe('warning');
  expect(worstState([])).toBeUndefined();
});

describe('panel', () => {
  const panel = (props: object): ReturnType<typeof mount> =>
    mount(Panel, { props: { title: 'CPU', periodMs: 5000, ...props }, global });

  it.each([
    [9000, 'fresh', false],
    [11_000, 'late', true],
    [26_000, 'stale', true],
  ] as const)('with data %d ms old is %s', (ageMs, state, told) => {
    const view = panel({ ageMs });
    expect(view.classes()).toContain(state);
    expect(view.find('.age').exists()).toBe(told);
  });

  it('is stale while the engine is away, however new its data', () => {
    expect(panel({ ageMs: 100, down: true }).classes()).toContain('stale');
  });
});

describe('sparkline', () => {
  it('keeps gaps and colours only the breach', () => {
    const view = mount(Sparkline, {
      props: { values: [1, 2, null, 3, 4], label: 'Trend', state: 'error', breachFrom: 3 },
      global,
    });
    const [usual, breach] = view.findAll('path');
    expect(usual?.attributes('d')?.match(/M/g)).toHaveLength(2);
    expect(breach?.classes()).toContain('error');
  });

  it('without a value says so and draws nothing', () => {
    const view = mount(Sparkline, { props: { values: [null, null], label: 'Trend' }, global });
    expect(view.attributes('aria-label')).toBe('No data');
    expect(view.html()).not.toMatch(/NaN|Infinity/);
  });
});

describe('histogram', () => {
  const buckets = [
    { time: 0, critical: 1, error: 0, warning: 0, info: 5000, matches: 0 },
    { time: 1000, critical: 0, error: 40, warning: 10, info: 5000, matches: 2 },
  ];
  const view = (searching: boolean): ReturnType<typeof mount> =>
    mount(Histogram, { props: { buckets, stepMs: 1000, range: { from: 0, to: 2000 }, searching }, global });

  it('draws one critical line among thousands at least a pixel high', () => {
    expect(Number(view(false).get('rect.critical').attributes('height'))).toBeGreaterThanOrEqual(1);
  });

  it('puts the worst at the baseline', () => {
    const both = [{ time: 0, critical: 30, error: 20, warning: 5, info: 0, matches: 0 }];
    const chart = mount(Histogram, {
      props: { buckets: both, stepMs: 1000, range: { from: 0, to: 1000 } },
      global,
    });
    const y = (name: string): number => Number(chart.get(`rect.${name}`).attributes('y'));
    expect(y('critical')).toBeGreaterThan(y('error'));
    expect(y('error')).toBeGreaterThan(y('warning'));
  });

  it('ticks matches only while searching', () => {
    expect(view(false).findAll('rect.match')).toHaveLength(0);
    expect(view(true).findAll('rect.match')).toHaveLength(1);
  });

  it('says in words what it shows', () => {
    expect(view(false).get('[role="img"]').attributes('aria-label')).toBe(
      '10,051 lines, 51 of them warning or worse',
    );
  });
});

describe('empty states', () => {
  it.each(['notConfigured', 'noData', 'filteredOut', 'cannotConnect'] as const)(
    '%s says what and what to do',
    (kind) => {
      const text = mount(EmptyState, { props: { kind }, global }).text();
      expect(text).not.toContain('empty.');
      expect(text.length).toBeGreaterThan(20);
    },
  );

  it('without a connection offers to try again and shows the error as text', async () => {
    const view = mount(EmptyState, {
      props: { kind: 'cannotConnect', error: '<b>ECONNREFUSED</b>' },
      global,
    });
    expect(view.find('b').exists()).toBe(false);
    await view.get('button').trigger('click');
    expect(view.emitted('retry')).toHaveLength(1);
  });
});

describe('engine messages', () => {
  const writer = {
    number: (value: number) => `n${value}`,
    quantity: (value: number, unit: string) => `${value} ${unit}`,
    duration: (value: number) => `d${value}`,
    time: (value: number) => `t${value}`,
  };
  const seen: Record<string, unknown>[] = [];
  const say = (key: string, parameters: Record<string, string | number>, known = true): string =>
    translateMessage(
      { key, parameters },
      {
        t: (_, values) => {
          seen.push(values);
          return 'words';
        },
        te: () => known,
        writer,
      },
    );

  it('write numbers by what they are', () => {
    say('x', { value: 92, unit: 'percent', forMs: 60_000, lastAt: 5, sizeBytes: 7, count: 3 });
    expect(seen.at(-1)).toMatchObject({
      value: '92 percent',
      forMs: 'd60000',
      lastAt: 't5',
      sizeBytes: '7 bytes',
      count: 'n3',
    });
  });

  it('without words show their key and facts rather than nothing', () => {
    expect(say('unheard.of', { path: '/x' }, false)).toBe('unheard.of path=/x');
  });
});

describe('faults', () => {
  it('keep the kind, the words and the field', () => {
    expect(readFault({ code: 'BAD_INPUT', data: { key: 'k', parameters: { n: 1 }, field: 'a.b' } })).toEqual({
      kind: 'BAD_INPUT',
      message: { key: 'k', parameters: { n: 1 } },
      field: 'a.b',
    });
  });

  it.each([undefined, 'text', new Error('boom'), { code: 'NEWS' }])(
    'that nobody declared are ours (%o)',
    (fault) => {
      expect(readFault(fault)).toMatchObject({ kind: 'INTERNAL', message: { key: 'error.INTERNAL' } });
    },
  );
});

it.each([
  [['ja-JP', 'en'], 'ja'],
  [['en-GB'], 'en'],
  [['fr', 'ja'], 'ja'],
  [['fr'], 'en'],
  [[], 'en'],
] as const)('a system that prefers %o gets %s', (preferred, language) => {
  expect(systemLanguage(preferred)).toBe(language);
});
