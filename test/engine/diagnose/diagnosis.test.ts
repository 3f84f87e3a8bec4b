import { describe, expect, it } from 'vitest';
import type { Diagnosis, DiagnosisState } from '../../../src-preload/contract/diagnosis.ts';
import { settingsSchema, type SettingsInput } from '../../../src-preload/contract/settings.ts';
import { DiagnosisService, type DiagnosisOptions } from '../../../src-main/engine/diagnose/diagnosis.ts';
import type { HostProbe } from '../../../src-main/engine/diagnose/host-probe.ts';
import type { Observation } from '../../../src-main/engine/flow/observation.ts';
import type { DiagnosisStore } from '../../../src-main/engine/store/types.ts';
import { recordedFacts, recordedFactsSchema } from './recorded-facts.ts';
import { RecordedProbe, recordingSchema } from './recorded-probe.ts';

class MemoryStore implements DiagnosisStore {
  readonly runs: Diagnosis[] = [];
  keep(run: Diagnosis): void {
    this.runs.unshift(run);
  }
  list(limit: number): Diagnosis[] {
    return this.runs.slice(0, limit);
  }
  latest(): Diagnosis | undefined {
    return this.runs[0];
  }
  find(id: string): Diagnosis | undefined {
    return this.runs.find((run) => run.id === id);
  }
}

/** A desk whose machine is recorded; `meminfo` is what changes. */
function desk(given: Partial<DiagnosisOptions> = {}, settings: SettingsInput = {}) {
  const machine = { available: 900_000, hang: false };
  const store = new MemoryStore();
  const observed: Observation[] = [];
  const states: DiagnosisState[] = [];
  const faults: string[] = [];
  let now = 1_700_000_000_000;
  const hanging = (probe: HostProbe): HostProbe => ({
    platform: 'linux',
    privileged: false,
    read: () => new Promise(() => undefined),
    list: (path) => probe.list(path),
    stat: (path) => probe.stat(path),
    run: (program, args) => probe.run(program, args),
  });
  const service = new DiagnosisService({
    clock: { now: () => (now += 10) },
    hostName: 'desk',
    store,
    settings: () => settingsSchema.parse(settings),
    presets: () => [],
    probe: () => {
      const files = {
        '/proc/meminfo': `MemTotal:       1000000 kB\nMemAvailable:   ${machine.available} kB\n`,
      };
      const probe = new RecordedProbe(recordingSchema.parse({ files }));
      return machine.hang ? hanging(probe) : probe;
    },
    readings: { over: () => [] },
    yagura: () => recordedFacts(recordedFactsSchema.parse({})),
    outbound: { record: () => undefined },
    mask: () => (text) => text,
    observe: (observations) => observed.push(...observations),
    onChange: (state) => states.push(state),
    onFault: (event) => faults.push(event),
    limits: { concurrency: 4, checkMs: 500, totalMs: 5000 },
    ...given,
  });
  return { service, machine, store, observed, states, faults };
}

describe('Diagnosis', () => {
  it('runs, keeps the run with its scores, and is listed newest first', async () => {
    const { service, store, states } = desk();
    expect(() => service.run()).toThrow('diagnose.failure.noRun');
    const first = service.start();
    const run = await first.ended;
    await service.start().ended;
    expect(run.id).toBe(first.id);
    expect(run.scores.performance.score).toBe(100);
    expect(run.checks.find((check) => check.id === 'PRF-02')).toMatchObject({ status: 'pass' });
    expect(service.runs(10).map((each) => each.id)).toEqual(store.runs.map((each) => each.id));
    expect(service.run(first.id).run.id).toBe(first.id);
    expect(states.at(-1)).toMatchObject({ running: undefined, latest: { id: store.runs[0]?.id } });
    expect(states.some((state) => state.running !== undefined && state.running.total > 20)).toBe(true);
  });

  it('refuses a second run while one is under way', async () => {
    const { service } = desk();
    const { ended } = service.start();
    expect(() => service.start()).toThrow('diagnose.failure.running');
    await ended;
    await service.start().ended;
  });

  it('keeps nothing of a run that is cancelled, and can run again', async () => {
    const { service, machine, store } = desk();
    machine.hang = true;
    const { ended } = service.start();
    setImmediate(() => service.cancel());
    await expect(ended).rejects.toThrow('diagnose.failure.cancelled');
    expect(store.runs).toEqual([]);
    expect(service.state).toEqual({ running: undefined, latest: undefined });
    machine.hang = false;
    await service.start().ended;
    expect(store.runs).toHaveLength(1);
  });

  it('makes an alert of what passed before and fails now, once', async () => {
    const { service, machine, observed } = desk();
    await service.start().ended;
    expect(observed).toEqual([]);
    machine.available = 20_000;
    await service.start().ended;
    await service.start().ended;
    expect(observed).toMatchObject([
      {
        ruleId: 'diagnosis-regression',
        key: 'PRF-02',
        severity: 'error',
        title: { key: 'diagnose.regression.title', parameters: { check: 'PRF-02' } },
      },
    ]);
    expect(service.difference(service.runs(2)[1]?.id ?? '', service.runs(1)[0]?.id ?? '').changed).toEqual(
      [],
    );
  });

  it('shows a run that could not be kept', async () => {
    const broken = new MemoryStore();
    broken.keep = () => {
      throw new Error('disk full');
    };
    const { service, faults } = desk({ store: broken });
    const { id, ended } = service.start();
    await ended;
    expect(service.run().run.id).toBe(id);
    expect(faults).toContain('keeping a diagnosis');
  });

  it('runs without a store', async () => {
    const { service } = desk({ store: undefined });
    const { id, ended } = service.start();
    await ended;
    expect(service.run(id).fixes).toBeInstanceOf(Array);
    expect(service.runs(5)).toEqual([]);
  });
});

describe('Trying a component', () => {
  const command = { kind: 'command', name: 'x', program: 'touch', arguments: ['/tmp/owned'] } as const;

  it('refuses a program that the settings file does not name', async () => {
    const { service } = desk();
    const check = settingsSchema.parse({ diagnosis: { components: [command] } }).diagnosis.components[0];
    if (check === undefined) throw new Error('no check');
    await expect(service.tryComponent(check)).rejects.toMatchObject({ failure: { kind: 'FORBIDDEN' } });
  });

  it('runs one that it does name, even when switched off, and keeps nothing', async () => {
    const named = { ...command, program: 'true', arguments: [], enabled: false };
    const settings = { diagnosis: { components: [named] } };
    const { service, store } = desk({}, settings);
    const check = settingsSchema.parse(settings).diagnosis.components[0];
    if (check === undefined) throw new Error('no check');
    expect(await service.tryComponent(check)).toMatchObject({ id: 'CMP-x', status: 'pass' });
    expect(store.runs).toEqual([]);
  });
});
