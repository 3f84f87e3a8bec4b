import { writeSync } from 'node:fs';
import { openWritable, type Migration } from '../../../src-main/engine/store/database.ts';

/** Migrates a database in a step that says a byte for each row, so that a test can kill it half-way. */

const [path = ''] = process.argv.slice(2);
export const first: Migration = {
  version: 10,
  up: (database) => database.execute('CREATE TABLE kept (x INTEGER) STRICT; INSERT INTO kept VALUES (1)'),
};
const second: Migration = {
  version: 20,
  up(database) {
    database.execute('CREATE TABLE added (x TEXT) STRICT');
    const insert = database.command<[string]>('INSERT INTO added VALUES (?)');
    for (let row = 0; row < 100_000; row += 1) {
      insert.run('x'.repeat(2000));
      if (row % 100 === 0) writeSync(1, 'm');
    }
  },
};
const options = { synchronous: 'NORMAL', clock: { now: () => 0 }, onProblem: () => undefined } as const;
openWritable(path, { ...options, migrations: [first] }).close();
openWritable(path, { ...options, migrations: [first, second] }).close();
