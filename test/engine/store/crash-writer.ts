import { writeSync } from 'node:fs';
import { FailureError } from '../../../src-main/engine/flow/failure.ts';
import { encodeBlocks } from '../../../src-main/engine/store/block/encode-block.ts';
import { openLogStore } from '../../../src-main/engine/store/write/log-writer.ts';
import { byDay, numberedLines } from './numbered-lines.ts';
import { DAY_START, endOf } from './sample-lines.ts';

/*
 * Writes numbered lines into a data directory as an engine would, from its last checkpoint on, and says a byte for each
 * step: the test kills it somewhere in between. Ends by itself when all are written (0) or a write fails (3).
 */

const [directory = '', count = '0'] = process.argv.slice(2);
const lines = numberedLines(Number(count));
const store = openLogStore(directory, { clock: { now: () => DAY_START }, onProblem: fail });

try {
  const from = store.loadCheckpoint().positions[0]?.offset ?? 0;
  let at = lines.findIndex((line) => line.offset >= from);
  for (let round = 0; at >= 0 && at < lines.length; round += 1) {
    const batch = lines.slice(at, at + 700);
    const end = { stream: 1, offset: endOf(batch) };
    for (const part of byDay(batch)) {
      if (round % 4 === 0) store.appendBlocks(encodeBlocks(part), end);
      else store.append(part, end);
      writeSync(1, 'a');
    }
    at += batch.length;
    while (store.maintain()) writeSync(1, 's');
    // Seldom enough that a restart repeats much.
    if (round % 5 === 4) store.checkpoint([end], [{ name: 'round', pieces: [Buffer.from([round % 256])] }]);
    writeSync(1, 'c');
  }
  store.close();
} catch (error) {
  if (!(error instanceof FailureError)) throw error;
  writeSync(2, `${error.failure.kind} ${error.failure.message.key}`);
  process.exit(3);
}

function fail(problem: unknown): never {
  throw new Error(JSON.stringify(problem));
}
