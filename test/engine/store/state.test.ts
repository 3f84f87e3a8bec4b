import { mkdtempSync, rmSync, statSync, writeFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FailureError, type Failure } from '../../../src-main/engine/flow/failure.ts';
import { lockDataDirectory } from '../../../src-main/engine/store/data-directory.ts';
import { openReadable, openWritable, type Migration } from '../../../src-main/engine/store/database.ts';
import { EngineRuns } from '../../../src-main/engine/store/state/engine-runs.ts';
import { openState } from '../../../src-main/engine/store/state/state-database.ts';

let directory = '';
let problems: Failure[] = [];
const clock = { now: () => 1_700_000_000_000 };
const onProblem = (problem: Failure) => void problems.push(problem);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-state-'));
  problems = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('state.db', () => {
  it('keeps when the engine ran and tells the gaps, also after a kill', () => {
    let state = openState(directory, { clock, onProblem });
    const first = new EngineRuns(state);
    first.begin(1000);
    first.alive(2000);
    state.close();
    state = openState(directory, { clock, onProblem });
    const second = new EngineRuns(state);
    second.begin(5000);
    second.end(6000);
    expect(second.gaps({ from: 0, to: 10_000 }, 100)).toEqual([
      { from: 0, to: 1000 },
      { from: 2100, to: 5000 },
      { from: 6100, to: 10_000 },
    ]);
    expect(second.gaps({ from: 1200, to: 1900 }, 100)).toEqual([]);
    state.close();
    expect(problems).toEqual([]);
  });

  it('is set aside with a report and begun anew when it is no database', () => {
    writeFileSync(join(directory, 'state.db'), 'this is not a database, '.repeat(500));
    const state = openState(directory, { clock, onProblem });
    new EngineRuns(state).begin(1);
    state.close();
    expect(problems.map((problem) => problem.message.key)).toEqual(['store.failure.setAside']);
    expect(readdirSync(directory).filter((name) => name.includes('.corrupt-2023'))).toHaveLength(1);
  });
});

describe('migrations', () => {
  const table = (version: number): Migration => ({
    version,
    up: (database) => database.execute(`CREATE TABLE t${version} (x INTEGER) STRICT`),
  });
  const path = () => join(directory, 'a.db');
  const options = (migrations: Migration[]) => ({
    migrations,
    synchronous: 'NORMAL' as const,
    clock,
    onProblem,
  });

  it('go from every version to the newest', () => {
    const all = [table(10), table(20), table(30)];
    for (let from = 0; from <= all.length; from += 1) {
      const file = join(directory, `from-${from}.db`);
      openWritable(file, options(all.slice(0, from))).close();
      const database = openWritable(file, options(all));
      expect(database.version).toBe(30);
      expect(
        database.query<[], { n: number }>("SELECT count(*) n FROM sqlite_schema WHERE name GLOB 't*'").get(),
      ).toEqual({ n: 3 });
      database.close();
    }
  });

  it('leave the version before when one fails', () => {
    const broken: Migration = {
      version: 20,
      up(database) {
        database.execute('CREATE TABLE half (x INTEGER)');
        throw new Error('stop');
      },
    };
    expect(() => openWritable(path(), options([table(10), broken]))).toThrow();
    const database = openWritable(path(), options([table(10)]));
    expect(database.version).toBe(10);
    expect(() => database.query('SELECT * FROM half')).toThrow();
    database.close();
  });

  it('refuse a file of a newer version, for writing and for reading', () => {
    openWritable(path(), options([table(10), table(20)])).close();
    const refused = {
      kind: 'CONFLICT',
      message: { key: 'store.failure.newerVersion', parameters: { path: path(), found: 20, known: 10 } },
    };
    expect(failureOf(() => openWritable(path(), options([table(10)])))).toEqual(refused);
    expect(failureOf(() => openReadable(path(), [table(10)]))).toEqual(refused);
  });
});

describe('the lock of a data directory', () => {
  const self = { processId: 7, since: 42, socketPath: '/run/x.sock' };

  it('says who holds it to the second and is free after release', () => {
    const path = join(directory, 'data');
    const first = lockDataDirectory(path, self);
    expect(first.held).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(lockDataDirectory(path, { ...self, processId: 8 })).toEqual({ held: false, path, holder: self });
    if (first.held) first.release();
    const third = lockDataDirectory(path, self);
    expect(third.held).toBe(true);
    if (third.held) third.release();
  });
});

function failureOf(action: () => unknown): Failure | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
}
