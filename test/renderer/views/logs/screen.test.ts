import { flushPromises } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogSource } from '../../../../src-preload/contract/log-sources.ts';
import type { LogLine } from '../../../../src-preload/contract/logs.ts';
import type { EngineClient } from '../../../../src-renderer/bridge/index.ts';
import { useRange } from '../../../../src-renderer/state/range.ts';
import LogStream from '../../../../src-renderer/views/logs/LogStream.vue';
import { isGap, type StreamRow } from '../../../../src-renderer/views/logs/line-window.ts';
import View from '../../../../src-renderer/views/logs/View.vue';
import { fakeDeskSources, fakeLogs, type FakeLogs } from '../../fake-logs.ts';
import { openScreen, type OpenScreen } from '../../open-screen.ts';

const HOSTILE = '<img src=x onerror="document.title=1"><script>alert(1)</script>';
let mounted: OpenScreen | undefined;
let logs: FakeLogs;
let sources: LogSource[];

function made(index: number, now: number, count = 200): LogLine {
  const level = index === 40 ? 3 : index === 60 ? 4 : 6;
  const text =
    index === 50
      ? HOSTILE
      : index % 20 === 0
        ? `order ${index} timed out`
        : `tick ${index} from 203.0.113.42`;
  return {
    id: `application/20260101/${index}`,
    time: now - (count - index) * 1000,
    level,
    sourceId: 'redis',
    text,
    address: '203.0.113.42',
  };
}

async function open(path = '/logs', lines = 200): Promise<OpenScreen> {
  const now = Date.now();
  sources = fakeDeskSources();
  logs = fakeLogs(
    Array.from({ length: lines }, (_, index) => made(index, now, lines)),
    sources,
  );
  const client: Partial<EngineClient> = { logs: logs.client };
  mounted = await openScreen(View, client as EngineClient, path);
  await flushPromises();
  return mounted;
}
function rowsOf({ screen }: OpenScreen): readonly StreamRow[] {
  const list = screen.findComponent(LogStream);
  return list.exists() ? list.props('rows') : [];
}
async function type({ screen }: OpenScreen, text: string): Promise<void> {
  const field = screen.get('input[type=text]');
  await field.setValue(text);
  await field.trigger('keydown', { key: 'Enter' });
  await flushPromises();
  await flushPromises();
}

beforeEach(() => {
  useRange().choose(30);
  // happy-dom has no layout: the virtual list asks for a size.
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(1000);
});
afterEach(() => {
  localStorage.clear();
  mounted?.end();
  mounted = undefined;
});

describe('logs screen', () => {
  it('follows: lines that are written come in at the end', async () => {
    const shown = await open();
    logs.write([{ ...made(0, Date.now()), id: 'new', time: Date.now(), text: 'just written' }]);
    await flushPromises();
    expect(rowsOf(shown).at(-1)).toMatchObject({ text: 'just written' });
    expect(shown.screen.text()).not.toContain('Paused');
  });

  it('names a source that was added while it is open', async () => {
    const shown = await open();
    const [redis] = fakeDeskSources();
    if (redis === undefined) throw new Error('no source');
    sources.push({ ...redis, id: 'added', path: '/srv/lantern.log' });
    logs.write([{ ...made(0, Date.now()), id: 'new', time: Date.now(), sourceId: 'added' }]);
    await flushPromises();
    await flushPromises();
    expect(shown.screen.findComponent(LogStream).props('names').get('added')).toBe('lantern');
    expect(shown.screen.text()).toContain(`${sources.length} sources`);
  });

  it('pauses when a line is selected, counts what comes, and follows again with End', async () => {
    const shown = await open();
    await shown.press('k');
    expect(shown.screen.text()).toContain('Paused, a line is selected');
    expect(useRange().mode.value).toBe('paused');
    expect(shown.screen.get('.follow').text()).toContain('Nothing new yet · follow');
    const before = rowsOf(shown).length;
    logs.write([1, 2, 3].map((n) => ({ ...made(0, Date.now()), id: `new${n}`, time: Date.now() + n })));
    await flushPromises();
    expect(rowsOf(shown)).toHaveLength(before);
    expect(shown.screen.text()).toContain('3 new lines');
    expect(useRange().held.value).toBe(3);
    await shown.press('End');
    expect(rowsOf(shown)).toHaveLength(before + 3);
    expect(useRange().mode.value).toBe('live');
  });

  it('says how many lines a flood left out, and fetches them on a click', async () => {
    const shown = await open();
    const now = Date.now();
    logs.store([1, 2, 3, 4].map((n) => ({ ...made(0, now), id: `flood${n}`, time: now + n })));
    logs.write([{ ...made(0, now), id: 'seen', time: now + 10 }], 4);
    await flushPromises();
    expect(rowsOf(shown)).toHaveLength(202);
    const gap = rowsOf(shown).find(isGap);
    expect(gap?.missing).toBe(4);
    expect(shown.screen.text()).not.toContain('Up to');
    shown.screen.findComponent(LogStream).vm.$emit('gap', gap!);
    await flushPromises();
    expect(rowsOf(shown)).toHaveLength(205);
    expect(rowsOf(shown).some(isGap)).toBe(false);
  });

  it('keeps lines that do not match in highlight mode, and takes them away in filter mode', async () => {
    const shown = await open();
    await type(shown, '"timed out"');
    expect(rowsOf(shown)).toHaveLength(10);
    await shown.screen.findAll('.modes button')[1]!.trigger('click');
    await flushPromises();
    expect(rowsOf(shown)).toHaveLength(200);
    expect(shown.screen.text()).toContain('10 matches');
  });

  it('jumps to the error before, the warning after and the next hit', async () => {
    const shown = await open();
    const selected = (): string | undefined => shown.screen.findComponent(LogStream).props('selected');
    await shown.press('E');
    expect(selected()).toBe('application/20260101/40');
    await shown.press('w');
    expect(selected()).toBe('application/20260101/60');
    await shown.press('w');
    expect(selected()).toBe('application/20260101/60');
    expect(shown.screen.text()).toContain('No warning after this line');
  });

  it('asks the store for an error that is not loaded', async () => {
    const shown = await open('/logs', 1500);
    expect(rowsOf(shown)).toHaveLength(400);
    await shown.press('E');
    await flushPromises();
    expect(shown.screen.findComponent(LogStream).props('selected')).toBe('application/20260101/40');
  });

  it('collapses a record by its sign and by keys, and opens it for a match that is in it', async () => {
    const shown = await open('/logs', 3);
    const record = ['lost', '  File "a.py"', '  File "b.py"', 'a.Error: refused'].map((text, n) => ({
      ...made(0, Date.now()),
      id: `trace${n}`,
      time: Date.now(),
      text,
      level: 3,
      ...(n === 0 ? {} : { continues: true }),
    }));
    logs.write(record);
    await flushPromises();
    const ids = (): string[] =>
      rowsOf(shown)
        .slice(3)
        .map(({ id }) => id);
    expect(ids()).toEqual(['trace0', 'trace1', 'trace2', 'trace3']);
    shown.screen.findComponent(LogStream).vm.$emit('fold', 'trace1');
    await flushPromises();
    expect(ids()).toEqual(['trace0']);
    expect(shown.screen.findComponent(LogStream).props('parts').at(-1)).toBe(3);
    await shown.press('E');
    expect(shown.screen.findComponent(LogStream).props('selected')).toBe('trace0');
    await shown.press('o');
    expect(ids()).toHaveLength(4);
    await shown.press('O');
    expect(ids()).toEqual(['trace0']);
    await shown.screen.findAll('.modes button')[1]!.trigger('click');
    await type(shown, 'refused');
    await shown.press('n');
    await flushPromises();
    expect(shown.screen.findComponent(LogStream).props('selected')).toBe('trace3');
    await shown.press('O');
    await shown.press('O');
  });

  it('shows markup in a line as text', async () => {
    const shown = await open();
    await type(shown, 'onerror');
    await shown.press('k');
    expect(shown.screen.text()).toContain(HOSTILE);
    expect(document.querySelector('img, script')).toBeNull();
  });

  it('names what an invalid expression lacks, and keeps the lines', async () => {
    const shown = await open();
    await shown.screen.get('button.toggle').trigger('click');
    await type(shown, 'order (');
    await vi.waitFor(() => expect(shown.screen.text()).toContain('Not a valid expression'));
    expect(rowsOf(shown)).toHaveLength(200);
  });

  it('tells how many lines the filter hides, and clears it', async () => {
    const shown = await open();
    await type(shown, 'nosuchword');
    await flushPromises();
    expect(shown.screen.text()).toContain('200 lines are hidden');
    await shown.screen
      .findAll('button')
      .find((button) => button.text() === 'Clear the filter')!
      .trigger('click');
    await flushPromises();
    expect(rowsOf(shown)).toHaveLength(200);
  });

  it('takes the address from the link of another screen and lets go of it', async () => {
    const shown = await open('/logs?address=198.51.100.1');
    expect(rowsOf(shown)).toHaveLength(0);
    await shown.screen.get('button[aria-label^="Show all addresses"]').trigger('click');
    await flushPromises();
    expect(rowsOf(shown)).toHaveLength(200);
  });

  it('closes the line with Escape, and copies it with y', async () => {
    const shown = await open();
    await shown.press('k');
    expect(shown.screen.find('.inspector').exists()).toBe(true);
    await shown.press('y');
    expect(shown.bridge.copied).toEqual(['tick 199 from 203.0.113.42']);
    await shown.press('Escape');
    expect(shown.screen.find('.inspector').exists()).toBe(false);
  });

  it('says that nothing is configured when there is no source', async () => {
    logs = fakeLogs([], []);
    const client: Partial<EngineClient> = { logs: logs.client };
    mounted = await openScreen(View, client as EngineClient, '/logs');
    await flushPromises();
    expect(mounted.screen.text()).toContain('No log is read yet');
  });

  it('offers names and values while a query is typed, and takes them by the keyboard', async () => {
    vi.useFakeTimers();
    const shown = await open();
    const field = shown.screen.get<HTMLInputElement>('input[type=text]');
    const typed = async (text: string): Promise<void> => {
      await field.setValue(text);
      await vi.advanceTimersByTimeAsync(100);
      await flushPromises();
    };
    const offered = (): string[] => shown.screen.findAll('.suggestions li').map((each) => each.text());
    await typed('le');
    expect(offered()).toEqual(['level:']);
    await field.trigger('keydown', { key: 'Tab' });
    expect(field.element.value).toBe('level:');
    await typed('level:e');
    expect(offered()).toEqual(['level:error7 lines']);
    await field.trigger('keydown', { key: 'ArrowDown' });
    expect(field.attributes('aria-activedescendant')).toMatch(/-0$/);
    await field.trigger('keydown', { key: 'Enter' });
    expect(field.element.value).toBe('level:error ');
    await field.trigger('keydown', { key: 'Enter' });
    await flushPromises();
    expect(rowsOf(shown).map(({ id }) => id)).toEqual(['application/20260101/40']);
    vi.useRealTimers();
  });

  it('says where a query is none, and keeps showing what the last one found', async () => {
    const shown = await open();
    await type(shown, 'timed');
    const before = rowsOf(shown).length;
    await type(shown, 'timed level:terrible');
    expect(shown.screen.get('[role=alert]').text()).toContain('At character 13 a level is expected');
    expect(rowsOf(shown)).toHaveLength(before);
  });

  it('marks by text and leaves jumps that need a field to the engine', async () => {
    const shown = await open();
    await type(shown, 'level:error');
    await shown.screen.findAll('.modes button')[1]?.trigger('click');
    await flushPromises();
    await shown.press('N');
    await flushPromises();
    await flushPromises();
    expect(shown.screen.findComponent(LogStream).props('selected')).toBe('application/20260101/40');
  });
});
