import { describe, expect, test } from 'vitest';
import { AddressMemories } from '../../../src-main/engine/detect/intrusion/address-memory.ts';

const LIMIT = 8;

describe('what is known of addresses', () => {
  test('is that of the address, IPv4 or not, also after it was saved and loaded', () => {
    const memories = new AddressMemories(LIMIT);
    const client = memories.slotOf(0x0a000001, '');
    const host = memories.slotOf(0, 'host.example');
    for (const person of [1, 2]) memories.signIns.rememberSuccess(host, 1000, person);
    const loaded = new AddressMemories(LIMIT);
    loaded.slotOf(0x0a000002, '');
    loaded.load(memories.save());
    expect([loaded.find('10.0.0.1'), loaded.find('host.example')]).toEqual([client, host]);
    expect([loaded.find('10.0.0.2'), loaded.slotOf(0, '')]).toEqual([-1, -1]);
    expect([loaded.textOf(client), loaded.textOf(host), loaded.textOf(-1)]).toEqual([
      '10.0.0.1',
      'host.example',
      '',
    ]);
    expect([client, host, -1].map((slot) => loaded.signIns.isShared(slot))).toEqual([false, true, false]);
    expect(loaded.size).toBe(2);
  });

  test('stays within the limit: those go that only asked, and nothing of them is left for who gets their place', () => {
    const memories = new AddressMemories(LIMIT);
    const shared = memories.slotOf(1, '');
    for (const person of [1, 2]) memories.signIns.rememberSuccess(shared, 1000, person);
    for (let address = 2; address < 100; address += 1) {
      const slot = memories.slotOf(address, '');
      expect(memories.textOf(slot)).toBe(`0.0.0.${address}`);
      expect(memories.signIns.last(slot)).toBe(0);
      expect(memories.size).toBeLessThanOrEqual(LIMIT);
    }
    expect(memories.find('0.0.0.1')).toBe(shared);
    expect(memories.dropped).toBe(99 - memories.size);
  });

  test('counts requests, failed ones and browsers, as many as there is room for and after 2038 too', () => {
    const memories = new AddressMemories(LIMIT);
    const slot = memories.slotOf(1, '');
    const now = Date.UTC(2050, 0, 1, 0, 5);
    for (let request = 0; request < 70_000; request += 1)
      memories.rememberRequest(slot, now - 60_000, 7 + (request % 2), true);
    for (let request = 0; request < 3; request += 1) memories.rememberRequest(slot, now, 7, false);
    const loaded = new AddressMemories(LIMIT);
    loaded.load(memories.save());
    expect(loaded.minutes.last(slot)).toBe(now);
    expect(loaded.minutes.requestsOf(slot)).toBe(65_535 + 3);
    expect(loaded.minutes.usualRate(slot, now)).toEqual({ perMinute: 65_535, minutes: 1 });
    expect(loaded.minutes.errorShare(slot, now)).toBeCloseTo(65_535 / 65_538);
    expect(loaded.browsers.since(slot, now - 60_000)).toBe(2);
    expect(loaded.browsers.since(slot, now - 10_000)).toBe(1);
  });
});
