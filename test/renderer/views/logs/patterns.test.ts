import { flushPromises } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogLine, LogPattern } from '../../../../src-preload/contract/logs.ts';
import type { EngineClient } from '../../../../src-renderer/bridge/index.ts';
import { useRange } from '../../../../src-renderer/state/range.ts';
import { hasChanged, orderedPatterns, templatePieces } from '../../../../src-renderer/views/logs/patterns.ts';
import { isGap, type StreamRow } from '../../../../src-renderer/views/logs/line-window.ts';
import LogStream from '../../../../src-renderer/views/logs/LogStream.vue';
import View from '../../../../src-renderer/views/logs/View.vue';
import { fakeDeskSources, fakeLogs } from '../../fake-logs.ts';
import { openScreen, type OpenScreen } from '../../open-screen.ts';

function pattern(template: string, rest: Partial<LogPattern>): LogPattern {
  const known = { share: 0, level: 6, firstTime: 0, lastTime: 0, trend: [], isNew: false };
  return { id: template, template, count: 100, ...known, ...rest };
}

describe('order of patterns', () => {
  const patterns = [
    pattern('everyday', { count: 9000, change: 1.1 }),
    pattern('usual', { count: 50 }),
    pattern('new and mild', { count: 3, isNew: true }),
    pattern('grave and oftener', { count: 40, change: 4, level: 2 }),
    pattern('two instead of one', { count: 2, change: 2 }),
  ];

  it('by change: what is new or comes oftener first, the worst on top', () => {
    expect(orderedPatterns(patterns, 'change').map(({ template }) => template)).toEqual([
      'grave and oftener',
      'new and mild',
      'everyday',
      'usual',
      'two instead of one',
    ]);
  });

  it('by lines', () => {
    expect(orderedPatterns(patterns, 'count')[0]?.template).toBe('everyday');
  });

  it('a change counts with enough lines and in both directions', () => {
    expect(hasChanged(pattern('x', { change: 0.4 }))).toBe(true);
    expect(hasChanged(pattern('x', { change: 3, count: 3 }))).toBe(false);
    expect(hasChanged(pattern('x', {}))).toBe(false);
  });

  it('what differs stands out from the words', () => {
    expect(templatePieces('a <*> b<*>')).toEqual([
      { text: 'a ', wild: false },
      { text: '‹*›', wild: true },
      { text: ' b', wild: false },
      { text: '‹*›', wild: true },
    ]);
  });
});

describe('patterns beside the lines', () => {
  let mounted: OpenScreen;

  function made(index: number, now: number): LogLine {
    const text = index % 10 === 0 ? `order ${index} timed out <img src=x>` : `tick ${index}`;
    return {
      id: `application/2026-11-21/${index}`,
      time: now - (200 - index) * 1000,
      level: 6,
      sourceId: 'redis',
      text,
    };
  }
  const settle = async (): Promise<void> => {
    await flushPromises();
    await flushPromises();
  };
  const shown = (): string[] => mounted.screen.findAll('.pane li .template').map((row) => row.text());
  const lines = (): string =>
    mounted.screen
      .findComponent(LogStream)
      .props('rows')
      .map((row: StreamRow) => (isGap(row) ? '' : row.text))
      .join('\n');

  beforeEach(async () => {
    useRange().choose(30);
    vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600);
    const now = Date.now();
    const all = Array.from({ length: 200 }, (_, index) => made(index, now));
    const client: Partial<EngineClient> = { logs: fakeLogs(all, fakeDeskSources()).client };
    mounted = await openScreen(View, client as EngineClient, '/logs');
    await settle();
  });
  afterEach(() => {
    mounted.end();
    vi.restoreAllMocks();
  });

  it('are listed as text, the new one first and marked', () => {
    expect(shown()).toEqual(['order ‹*› timed out <img src=x>', 'tick ‹*›']);
    expect(mounted.screen.find('.pane img').exists()).toBe(false);
    expect(mounted.screen.get('.pane li').text()).toContain('NEW');
  });

  it('one that is clicked shows its lines alone, clicked again all; the list stays', async () => {
    const row = mounted.screen.get('.pane li .row');
    await row.trigger('click');
    await settle();
    expect(lines()).toContain('timed out');
    expect(lines()).not.toContain('tick');
    expect(shown()).toHaveLength(2);
    expect(row.attributes('aria-pressed')).toBe('true');
    await row.trigger('click');
    await settle();
    expect(lines()).toContain('tick');
  });

  it('x hides the lines of the chosen one, and they can be had back', async () => {
    await mounted.screen.get('.pane li .row').trigger('click');
    await settle();
    await mounted.press('x');
    await settle();
    expect(shown()).toEqual(['tick ‹*›']);
    expect(lines()).not.toContain('timed out');
    await mounted.screen.get('.pane .hidden').trigger('click');
    await settle();
    expect(shown()).toHaveLength(2);
  });

  it('are ordered by lines on demand', async () => {
    await mounted.screen.get('.pane .order').trigger('click');
    expect(shown()[0]).toBe('tick ‹*›');
  });
});
