import { describe, expect, test } from 'vitest';
import { SignInMemory } from '../../../src-main/engine/detect/intrusion/sign-in-memory.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const SLOT = 3;
const HOUR = 3_600_000;

describe('sign-ins remembered of an address', () => {
  test('more people than are kept, the one who came longest ago makes room', () => {
    const memory = new SignInMemory(10);
    for (let person = 1; person <= 64; person += 1)
      memory.rememberSuccess(SLOT, NOON + person * 1000, person);
    expect(memory.peopleSince(SLOT, NOON)).toBe(64);
    memory.rememberSuccess(SLOT, NOON + HOUR, 65);
    expect(memory.peopleSince(SLOT, NOON)).toBe(64);
    expect(memory.peopleSince(SLOT, NOON + 2000)).toBe(64);
    expect(memory.peopleSince(SLOT, NOON + 3000)).toBe(63);
  });

  test('more sign-ins than are kept, the newest are still counted', () => {
    const memory = new SignInMemory(10);
    for (let minute = 0; minute < 2000; minute += 1) memory.rememberSuccess(SLOT, NOON + minute * 60_000, 1);
    const end = NOON + 1999 * 60_000;
    expect(memory.successesBetween(SLOT, end - HOUR, end)).toBe(61);
    expect(memory.successesBetween(SLOT, NOON, end)).toBeLessThanOrEqual(512);
    expect(memory.peopleSince(SLOT, end)).toBe(1);
  });

  test('after January 2038, when seconds since 1970 no longer fit 32 bits, they are counted as before', () => {
    const memory = new SignInMemory(10);
    const noon = Date.UTC(2040, 0, 1, 12);
    memory.rememberSuccess(SLOT, noon, 1);
    expect(memory.peopleSince(SLOT, noon - HOUR)).toBe(1);
    expect(memory.peopleSince(SLOT, noon + 1000)).toBe(0);
    expect(memory.successesBetween(SLOT, noon - HOUR, noon)).toBe(1);
  });

  test('who failed lately, told from who did not; many or without a name, it may have been anybody', () => {
    const memory = new SignInMemory(10);
    expect(memory.mayHaveFailed(SLOT, 1)).toBe(false);
    memory.rememberFailure(SLOT, NOON, 1, HOUR);
    expect([1, 2, 0].map((person) => memory.mayHaveFailed(SLOT, person))).toEqual([true, false, true]);
    // What is older than any bucket no longer matters.
    memory.rememberFailure(SLOT, NOON + 2 * HOUR, 2, HOUR);
    expect([1, 2].map((person) => memory.mayHaveFailed(SLOT, person))).toEqual([false, true]);
    for (let person = 3; person <= 18; person += 1)
      memory.rememberFailure(SLOT, NOON + 2 * HOUR, person, HOUR);
    expect(memory.mayHaveFailed(SLOT, 99)).toBe(true);
    memory.rememberFailure(4, NOON, 0, HOUR);
    expect(memory.mayHaveFailed(4, 99)).toBe(true);
  });

  test('two lines of different rules within two seconds, one attempt; a third is the next', () => {
    const memory = new SignInMemory(10);
    expect(memory.isToldAgain(SLOT, NOON, 11, 1)).toBe(false);
    expect(memory.isToldAgain(SLOT, NOON + 2000, 22, 0)).toBe(true);
    expect(memory.isToldAgain(SLOT, NOON + 2000, 33, 1)).toBe(false);
    expect(memory.isToldAgain(SLOT, NOON + 2000, 33, 1)).toBe(false);
    expect(memory.isToldAgain(SLOT, NOON + 2000, 44, 2)).toBe(false);
    expect(memory.isToldAgain(SLOT, NOON + 4001, 33, 2)).toBe(false);
  });

  test('a slot that was cleared or never used, knows nothing; one that was saved, all', () => {
    const memory = new SignInMemory(10);
    memory.rememberSuccess(SLOT, NOON, 1);
    memory.rememberSuccess(SLOT, NOON, 2);
    memory.rememberFailure(SLOT, NOON, 3, HOUR);
    const loaded = new SignInMemory(10);
    loaded.load(structuredClone(memory.save(5)));
    expect(loaded.isShared(SLOT)).toBe(true);
    expect([loaded.last(SLOT), loaded.failedAt(SLOT)]).toEqual([NOON, NOON]);
    expect(loaded.mayHaveFailed(SLOT, 3)).toBe(true);
    loaded.clear(SLOT);
    for (const slot of [SLOT, 9, -1]) {
      expect([loaded.isShared(slot), loaded.last(slot), loaded.failedAt(slot)]).toEqual([false, 0, 0]);
      expect(loaded.mayHaveFailed(slot, 3)).toBe(false);
    }
  });
});
