import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressIndex } from '../../../src-main/engine/detect/intrusion/address-index.ts';
import { ipv4OfText } from '../../../src-main/engine/flow/ipv4.ts';

describe('the number of an IPv4 address', () => {
  test('is its 32 bits', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const bits = address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
        expect(ipv4OfText(address)).toBe(bits);
      }),
    );
  });

  test.each([
    '１92.0.2.7',
    '010.0.0.1',
    '10.0.0.01',
    '256.0.0.1',
    '1.2.3',
    '1.2.3.4.5',
    '1..2.3',
    '10.0.0.1x',
    '',
    '::1',
  ])('is none for %j', (text) => {
    expect(ipv4OfText(text)).toBe(-1);
  });
});

describe('an index of addresses', () => {
  test('never takes one with a leading zero for another', () => {
    const index = new AddressIndex(16);
    index.set('10.0.0.1', 3);
    expect(index.find('010.0.0.1')).toBe(-1);
  });

  test('knows what a map knows, whatever is set and deleted', () => {
    const address = fc.constantFrom(
      ...Array.from({ length: 12 }, (_, at) => `192.0.2.${at}`),
      '2001:db8::1',
      'host.example',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(address, fc.option(fc.nat(99), { nil: undefined }))), (changes) => {
        const index = new AddressIndex(16);
        const map = new Map<string, number>();
        for (const [text, slot] of changes) {
          if (slot !== undefined) {
            index.set(text, slot);
            map.set(text, slot);
          } else if (map.delete(text)) index.delete(text);
          for (const [known, wanted] of map) expect(index.find(known)).toBe(wanted);
          expect(index.find(text)).toBe(map.get(text) ?? -1);
        }
      }),
    );
  });
});
