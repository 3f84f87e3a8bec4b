import { createRouterClient, implement, ORPCError } from '@orpc/server';
import { flushPromises } from '@vue/test-utils';
import { afterEach, describe, expect, it } from 'vitest';
import {
  settingsContract,
  settingsSchema,
  type SettingsState,
} from '../../../../src-preload/contract/settings.ts';
import { threatsContract, type ThreatAddress } from '../../../../src-preload/contract/threats.ts';
import type { EngineClient } from '../../../../src-renderer/bridge/index.ts';
import { useToasts } from '../../../../src-renderer/state/toasts.ts';
import View from '../../../../src-renderer/views/threats/View.vue';
import { fakeDeskSources, fakeLogs } from '../../fake-logs.ts';
import { openScreen, type OpenScreen } from '../../open-screen.ts';
import { finding } from './findings.ts';

const HOSTILE = '<script>document.title = 1</script>';
let opened: OpenScreen | undefined;
afterEach(() => {
  opened?.end();
  opened = undefined;
});

function address(name: string, types: string[], risk: number): ThreatAddress {
  return {
    address: name,
    severity: 'critical',
    risk,
    types,
    findings: 1,
    events: 412,
    firstTime: 1000,
    lastTime: 661_000,
    sparkline: [0, 1, 5],
  };
}

interface Fake {
  client: EngineClient;
  explained: string[];
  settings: () => SettingsState;
}

function fake(addresses: ThreatAddress[], successes = 0): Fake {
  const explained: string[] = [];
  let state: SettingsState = {
    settings: settingsSchema.parse({}),
    file: 'settings.yaml',
    locked: [],
    problems: [],
    revision: 1,
  };
  const os = implement(threatsContract);
  const threats = os.router({
    addresses: os.addresses.handler(() => ({
      addresses,
      total: addresses.length,
      byType: [{ type: 'sqli', severity: 'error' as const, events: 3 }],
    })),
    address: os.address.handler(({ input }) => {
      const found = addresses.find((each) => each.address === input.address);
      if (found === undefined)
        throw new ORPCError('NOT_FOUND', { data: { key: 'error.NOT_FOUND', parameters: {} } });
      const evidence = [
        {
          time: 1000,
          text: `Failed password for ${HOSTILE} from ${found.address}`,
          sourceId: 'auth',
          offset: 1,
        },
        { time: 5000, text: `Failed password for root from ${found.address}`, sourceId: 'auth', offset: 500 },
      ];
      return {
        ...found,
        riskParts: { severity: 40, confidence: 28, repetition: 26 },
        findingsList: [finding({ type: found.types[0] ?? 'sqli', evidence })],
        users: [{ name: 'root', count: 188 }],
        distinctUsers: 38,
        successes,
      };
    }),
    findings: os.findings.handler(() => ({ findings: [], total: 0 })),
    explain: os.explain.handler(({ input }) => {
      explained.push(input.line);
      return {
        steps: [
          {
            step: 'bucket' as const,
            outcome: 'hit' as const,
            summary: { key: 'fake.text', parameters: { words: 'the bucket is full' } },
            details: [{ name: 'auth.ssh.brute', value: '1 / 5' }],
          },
        ],
        event: 'auth_failure',
        rules: [],
      };
    }),
    rules: os.rules.handler(() => ({
      rules: [
        {
          id: 'own.rule',
          type: 'sqli',
          title: { key: 'fake.text', parameters: { words: 'own rule' } },
          severity: 'error' as const,
          kind: 'line' as const,
          origin: 'user' as const,
          file: 'own.yaml',
          fixtures: 4,
          findings24h: 0,
        },
      ],
      problems: [
        {
          file: 'own.yaml',
          line: 7,
          field: 'capacity',
          message: { key: 'fake.text', parameters: { words: 'must be at least 1' } },
        },
      ],
    })),
  });
  const settingsOs = implement(settingsContract);
  const settings = settingsOs.router({
    get: settingsOs.get.handler(() => state),
    update: settingsOs.update.handler(({ input }) => {
      const allowlist = settingsSchema.shape.detection.parse({ allowlist: input.changes[0]?.value });
      state = {
        ...state,
        revision: state.revision + 1,
        settings: { ...state.settings, detection: allowlist },
      };
      return state;
    }),
    watch: settingsOs.watch.handler(async function* () {
      yield { subscription: 's', sequence: 1, items: [state], dropped: 0 };
    }),
  });
  const client: Partial<EngineClient> = {
    threats: createRouterClient(threats),
    settings: createRouterClient(settings),
    logs: fakeLogs([], fakeDeskSources()).client,
  };
  Object.assign(client, {
    system: {
      identity: () => Promise.resolve({ startedAt: 1000 }),
      status: () => Promise.resolve({ ingest: { linesTotal: 528_341 } }),
    },
  });
  return { client: client as EngineClient, explained, settings: () => state };
}

async function open(client: EngineClient, path = '/threats'): Promise<OpenScreen> {
  opened = await openScreen(View, client, path);
  await flushPromises();
  await flushPromises();
  return opened;
}

const IPV6 = '2001:db8:5a:41c:9f00:12:7:88ab';

describe('threats screen', () => {
  const two = (): ThreatAddress[] => [
    address('203.0.113.42', ['brute_force'], 94),
    address(IPV6, ['sqli'], 58),
  ];

  it('opens the riskiest address and says in a sentence what it did', async () => {
    const { screen } = await open(fake(two()).client);
    expect(screen.get('.sentence').text()).toBe('412 failed SSH sign-ins in 11 minutes. None succeeded.');
    expect(screen.get('.risk').text()).toContain('94');
    expect(screen.get('.parts').text()).toContain('Conf. 28');
  });

  it('says so first when a sign-in succeeded', async () => {
    const { screen } = await open(fake(two(), 2).client);
    expect(screen.get('.sentence').text()).toContain('2 sign-ins succeeded.');
    expect(screen.get('.sentence').classes()).toContain('succeeded');
  });

  it('moves with j and shows an IPv6 address whole', async () => {
    const shown = await open(fake(two()).client);
    await shown.press('j');
    expect(shown.screen.get('h2.y-mono').text()).toBe(IPV6);
    // Nothing is said about sign-ins where none were tried.
    expect(shown.screen.get('.sentence').text()).not.toContain('None succeeded');
  });

  it('shows markup in evidence as text', async () => {
    const { screen } = await open(fake(two()).client);
    expect(screen.get('.lines').text()).toContain(HOSTILE);
    expect(document.querySelector('script')).toBeNull();
  });

  it('explains the line that completed the finding, with a full bucket', async () => {
    const { client, explained } = fake(two());
    const { screen } = await open(client);
    expect(explained).toEqual(['Failed password for root from 203.0.113.42']);
    expect(screen.findAll('.explain .bucket .filled')).toHaveLength(5);
  });

  it('explains a pasted line', async () => {
    const { client, explained } = fake(two());
    const shown = await open(client);
    await shown.press('t');
    await shown.screen.get('dialog textarea').setValue('some line');
    await shown.screen.get('dialog .el-button--primary').trigger('click');
    await flushPromises();
    expect(explained.at(-1)).toBe('some line');
    expect(shown.screen.get('dialog').text()).toContain('Read as: failed sign-in');
  });

  it('puts an address on the allowlist after a question, and takes it back', async () => {
    const { client, settings } = fake(two());
    const shown = await open(client);
    await shown.press('l');
    expect(settings().settings.detection.allowlist).toEqual([]);
    await shown.screen.get('dialog .el-button--primary').trigger('click');
    await flushPromises();
    expect(settings().settings.detection.allowlist).toEqual(['203.0.113.42']);
    expect(shown.screen.text()).toContain('On the allowlist');
    useToasts().list.value.at(-1)?.actions?.[0]?.run();
    await flushPromises();
    expect(settings().settings.detection.allowlist).toEqual([]);
  });

  it('leads to the lines of the address', async () => {
    const shown = await open(fake(two()).client);
    await shown.press('Enter');
    await flushPromises();
    expect(shown.router.currentRoute.value.path).toBe('/logs');
    expect(shown.router.currentRoute.value.query['address']).toBe('203.0.113.42');
  });

  it('tells the fault of a rule file and whose a rule is', async () => {
    const { screen } = await open(fake(two()).client);
    expect(screen.get('.fault').text()).toContain('1 fault in a rule file');
    await screen.get('.fault').trigger('click');
    expect(screen.text()).toContain('own.yaml:7');
    expect(screen.text()).toContain('Yours');
  });

  it('is calm when nothing was found, and says since when and with what it watches', async () => {
    const { screen } = await open(fake([]).client);
    expect(screen.text()).toContain('No attacks in this range');
    expect(screen.text()).toContain('528,341 lines read');
  });

  it('disables acts while the engine is away', async () => {
    const shown = await open(fake(two()).client);
    shown.bridge.say({ phase: 'down', since: 1, attempt: 1, nextTryAt: 2, end: { kind: 'crashed' } });
    await flushPromises();
    await shown.press('l');
    expect(shown.screen.find('dialog').exists()).toBe(false);
  });
});
