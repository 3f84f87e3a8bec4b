import { expect, test } from 'vitest';
import { ConnectionLedger, MAX_DESTINATIONS } from '../../src-main/engine/connection-ledger.ts';

test('Connections to one destination, are counted with first, last and outcome, newest destination first', () => {
  let now = 1000;
  const ledger = new ConnectionLedger({ now: () => now });
  ledger.record('time', 'ntp.example.jp', 'ok');
  now = 2000;
  ledger.record('component', '192.0.2.1:443', 'ok');
  now = 3000;
  ledger.record('time', 'ntp.example.jp', 'failed');
  expect(ledger.list()).toEqual({
    connections: [
      {
        purpose: 'time',
        destination: 'ntp.example.jp',
        count: 2,
        firstAt: 1000,
        lastAt: 3000,
        lastOutcome: 'failed',
      },
      {
        purpose: 'component',
        destination: '192.0.2.1:443',
        count: 1,
        firstAt: 2000,
        lastAt: 2000,
        lastOutcome: 'ok',
      },
    ],
    dropped: 0,
  });
  expect(ledger.total).toBe(3);
});

test('A full ledger, counts what it can not list', () => {
  const ledger = new ConnectionLedger({ now: () => 1 });
  for (let index = 0; index < MAX_DESTINATIONS + 7; index += 1)
    ledger.record('component', `host-${index}`, 'ok');
  expect(ledger.list().connections).toHaveLength(MAX_DESTINATIONS);
  expect(ledger.list().dropped).toBe(7);
  expect(ledger.total).toBe(MAX_DESTINATIONS + 7);
});
