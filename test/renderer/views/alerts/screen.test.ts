import { flushPromises } from '@vue/test-utils';
import { createRouterClient, implement, ORPCError } from '@orpc/server';
import { afterEach, describe, expect, it } from 'vitest';
import { alertsContract, type Alert, type AlertRuleInfo } from '../../../../src-preload/contract/alerts.ts';
import type { EngineClient } from '../../../../src-renderer/bridge/index.ts';
import View from '../../../../src-renderer/views/alerts/View.vue';
import { openScreen, type OpenScreen } from '../../open-screen.ts';
import { alert, alertRule } from './alerts.ts';

let mounted: OpenScreen | undefined;
afterEach(() => {
  mounted?.end();
  mounted = undefined;
});

interface Fake {
  client: EngineClient;
  acts: { act: string; id: string; note: string | undefined }[];
}

function fake(
  alerts: Alert[],
  rules: AlertRuleInfo[] = [alertRule()],
  refused: readonly string[] = [],
): Fake {
  let now = alerts;
  const acts: Fake['acts'] = [];
  const os = implement(alertsContract);
  function act(name: string, id: string, note: string | undefined, part: Partial<Alert>): Alert {
    if (refused.includes(id))
      throw new ORPCError('CONFLICT', { data: { key: 'error.CONFLICT', parameters: {} } });
    acts.push({ act: name, id, note });
    const changed = { ...now.find((each) => each.id === id)!, ...part };
    now = now.map((each) => (each.id === id ? changed : each));
    return changed;
  }
  const past = Array.from({ length: 150 }, (_, index) =>
    alert({ id: `past${index}`, state: 'resolved', resolvedAt: 9000 }),
  );
  const router = os.router({
    active: os.active.handler(() => now),
    history: os.history.handler(({ input: { before, limit } }) => {
      const start = before === undefined ? 0 : past.findIndex((each) => each.id === before) + 1;
      return { alerts: past.slice(start, start + limit), total: past.length };
    }),
    alert: os.alert.handler(({ input: { id } }) => ({
      alert: [...now, ...past].find((each) => each.id === id)!,
      events: [{ time: 2000, kind: 'fired' as const }],
    })),
    acknowledge: os.acknowledge.handler(({ input }) =>
      act('acknowledge', input.id, input.note, { acknowledgedAt: 5000, acknowledgedBy: 'sato' }),
    ),
    resolve: os.resolve.handler(({ input }) =>
      act('resolve', input.id, input.note, { state: 'resolved', resolvedAt: 6000 }),
    ),
    rules: os.rules.handler(() => rules),
    watch: os.watch.handler(async function* () {
      yield { subscription: 's', sequence: 1, items: [now], dropped: 0 };
      await new Promise(() => undefined);
    }),
  });
  const system = { acknowledge: () => Promise.resolve({}) };
  const client: Partial<EngineClient> = { alerts: createRouterClient(router) };
  Object.assign(client, { system });
  return { client: client as EngineClient, acts };
}

async function open(client: EngineClient, path = '/alerts'): Promise<OpenScreen> {
  mounted = await openScreen(View, client, path);
  await flushPromises();
  return mounted;
}
function chosen({ screen }: OpenScreen): string[] {
  return screen.findAll('[role=option][aria-selected=true]').map((row) => row.attributes('data-id') ?? '');
}

describe('alerts screen', () => {
  const three = (): Alert[] => [
    alert({ id: 'a' }),
    alert({ id: 'b', severity: 'error' }),
    alert({ id: 'c', severity: 'warning' }),
  ];

  it('selects the worst and moves with j and k', async () => {
    const shown = await open(fake(three()).client);
    expect(chosen(shown)).toEqual(['a']);
    await shown.press('j');
    expect(chosen(shown)).toEqual(['b']);
    await shown.press('k');
    expect(chosen(shown)).toEqual(['a']);
  });

  it.each([
    [{}, 60_000, 'after 1 min without the condition'],
    [{ unit: 'percent', limit: 90, clearLimit: 80 }, 60_000, 'at 80% or less for 1 min'],
    [{ unit: 'hours', limit: 8, clearLimit: 9 }, 172_800_000, 'at 9 h or more for 2 d'],
    [{ unit: 'percent', limit: 90, clearLimit: 80 }, 0, 'as soon as the condition ends'],
  ] as const)('says when the alert %o clears', async (parts, clearForMs, said) => {
    const shown = await open(fake([alert(parts)], [alertRule({ clearForMs })]).client);
    expect(shown.screen.text()).toContain(said);
  });

  it('acknowledges with a note: a, note, Enter', async () => {
    const { client, acts } = fake(three());
    const shown = await open(client);
    await shown.press('a');
    const note = shown.screen.get('dialog input');
    await note.setValue('looking at it');
    await note.trigger('keydown', { key: 'Enter' });
    await flushPromises();
    expect(acts).toEqual([{ act: 'acknowledge', id: 'a', note: 'looking at it' }]);
    expect(shown.screen.find('dialog').exists()).toBe(false);
    expect(shown.screen.text()).toContain('sato acknowledged');
    await shown.press('a');
    expect(shown.screen.find('dialog').exists()).toBe(false);
  });

  it('does not take the Enter that ends a conversion for a decision', async () => {
    const { client, acts } = fake(three());
    const shown = await open(client);
    await shown.press('r');
    await shown.screen.get('dialog input').trigger('keydown', { key: 'Enter', isComposing: true });
    await flushPromises();
    expect(acts).toEqual([]);
  });

  it('acknowledges all that Shift selected, at once', async () => {
    const { client, acts } = fake(three());
    const shown = await open(client);
    await shown.press('J');
    await shown.press('J');
    expect(chosen(shown)).toEqual(['a', 'b', 'c']);
    await shown.press('a');
    await shown.screen.get('dialog .el-button--primary').trigger('click');
    await flushPromises();
    expect(acts.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('says which act failed, and keeps those that did not', async () => {
    const { client, acts } = fake(three(), [alertRule()], ['a']);
    const shown = await open(client);
    await shown.press('J');
    await shown.press('r');
    await shown.screen.get('dialog .el-button--primary').trigger('click');
    await flushPromises();
    expect(acts.map(({ id }) => id)).toEqual(['b']);
    expect(shown.screen.get('dialog').text()).toContain('could not be changed');
  });

  it('tells good news with the time of the last evaluation', async () => {
    const shown = await open(fake([]).client);
    expect(shown.screen.get('.calm').text()).toContain('No alerts');
    expect(shown.screen.get('.calm').text()).toContain('last evaluated');
  });

  it('never shows a rule without a source as well', async () => {
    const shown = await open(fake([], [alertRule({ state: 'noSource' })]).client);
    expect(shown.screen.text()).not.toContain('Nothing is wrong');
    expect(shown.screen.get('.foot').find('.unknown').exists()).toBe(true);
    await shown.screen.findAll('[role=tab]')[2]!.trigger('click');
    await flushPromises();
    expect(shown.screen.get('.rules').text()).toContain('no source');
    expect(shown.screen.get('.rules').find('.ok').exists()).toBe(false);
  });

  it('pages the history', async () => {
    const shown = await open(fake(three()).client);
    await shown.screen.findAll('[role=tab]')[1]!.trigger('click');
    await flushPromises();
    expect(shown.screen.findAll('[role=option]')).toHaveLength(100);
    await shown.screen.get('button.more').trigger('click');
    await flushPromises();
    expect(shown.screen.findAll('[role=option]')).toHaveLength(150);
    expect(shown.screen.find('button.more').exists()).toBe(false);
  });

  it('disables acts while the engine is away', async () => {
    const shown = await open(fake(three()).client);
    shown.bridge.say({ phase: 'down', since: 1, attempt: 1, nextTryAt: 2, end: { kind: 'crashed' } });
    await flushPromises();
    const acts = shown.screen.findAll('.acts button');
    expect(acts.length).toBeGreaterThan(0);
    for (const button of acts) expect(button.attributes('disabled')).toBeDefined();
    await shown.press('a');
    expect(shown.screen.find('dialog').exists()).toBe(false);
  });

  it('leads from a security alert to its address', async () => {
    const shown = await open(fake([alert({ address: '203.0.113.42' })]).client);
    await shown.press('Enter');
    expect(shown.router.currentRoute.value.fullPath).toBe('/threats?address=203.0.113.42');
  });
});
