import { implement } from '@orpc/server';
import type { AuditEntry } from '../../src-preload/contract/audit.ts';
import { contract } from '../../src-preload/contract/index.ts';
import type { FakeState } from './fake-data.ts';

/** Entries of the made-up chain: more than one page. */
const LENGTH = 120;
const hashOf = (number: number): string => number.toString(16).padStart(4, '0').repeat(16);

function entry(number: number, now: number): AuditEntry {
  return {
    number,
    time: now - (LENGTH - number) * 600_000,
    actor: number % 3 === 0 ? 'schedule' : 'operator',
    action: number % 3 === 0 ? 'reportMade' : 'settingChanged',
    subject: number % 3 === 0 ? 'security-1' : 'masking.<b>users</b>',
    details: {},
    previous: hashOf(number - 1),
    hash: hashOf(number),
  };
}

/** An audit chain; in trouble, one that somebody has edited. */
export function fakeAudit(state: FakeState, now: () => number) {
  const os = implement(contract);
  const length = state === 'empty' || state === 'first' ? 0 : LENGTH;
  return {
    list: os.audit.list.handler(({ input }) => {
      const newest = Math.min(length, (input.before ?? length + 1) - 1);
      const count = Math.min(newest, input.limit);
      return {
        entries: Array.from({ length: count }, (_, index) => entry(newest - index, now())),
        total: length,
      };
    }),
    verify: os.audit.verify.handler(() => ({
      intact: state !== 'trouble',
      entries: length,
      head: { number: length, hash: hashOf(length) },
      faults: state === 'trouble' ? [{ kind: 'edited' as const, number: 17 }] : [],
    })),
  };
}
