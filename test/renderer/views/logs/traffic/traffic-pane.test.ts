import { flushPromises } from '@vue/test-utils';
import { afterEach, describe, expect, it } from 'vitest';
import type { EngineClient } from '../../../../../src-renderer/bridge/index.ts';
import { parseQuery } from '../../../../../src-preload/contract/query/parse.ts';
import { rowSearch } from '../../../../../src-renderer/views/logs/traffic/row-search.ts';
import View from '../../../../../src-renderer/views/logs/View.vue';
import { fakeDeskSources, fakeLogs } from '../../../fake-logs.ts';
import { openScreen, type OpenScreen } from '../../../open-screen.ts';

let mounted: OpenScreen | undefined;
afterEach(() => mounted?.end());

async function open(): Promise<OpenScreen['screen']> {
  const client: Partial<EngineClient> = { logs: fakeLogs([], fakeDeskSources()).client };
  mounted = await openScreen(View, client as EngineClient, '/logs?pane=traffic');
  await flushPromises();
  return mounted.screen;
}

describe('traffic on the logs screen', () => {
  it('shows requests by route, and by status when asked', async () => {
    const wrapper = await open();
    expect(wrapper.text()).toContain('GET /api/orders/:id');
    const status = wrapper.findAll('.groups input')[2];
    await status?.setValue(true);
    await flushPromises();
    expect(wrapper.text()).toContain('503');
    expect(wrapper.text()).not.toContain('GET /api/orders/:id');
  });

  it('goes back to the lines', async () => {
    const wrapper = await open();
    await wrapper.find('.bar button').trigger('click');
    expect(wrapper.find('.traffic').exists()).toBe(false);
  });
});

describe('from a row of traffic to its lines', () => {
  it('asks for what every line behind it holds', () => {
    expect(rowSearch('route', 'GET /orders/:id/legs')).toEqual({ text: 'method:GET "/orders/"' });
    expect(rowSearch('client', '192.0.2.7')).toEqual({ address: '192.0.2.7' });
    expect(rowSearch('status', '503')).toEqual({ text: 'status:503' });
    expect(rowSearch('user', 'sato "x"')?.text).toContain('user:');
    expect(rowSearch('route', '-')).toBeUndefined();
  });

  it('asks what the search understands, whatever a route is called', () => {
    for (const name of ['GET /a"b\\', 'X (', ')OR', 'GET /']) {
      expect(parseQuery(rowSearch('route', name)?.text ?? '').ok).toBe(true);
    }
  });
});
