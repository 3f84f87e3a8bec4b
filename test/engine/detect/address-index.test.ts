import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressIndex } from '../../../src-main/engine/detect/intrusion/address-index.ts';
import { ipv4OfText, textOfIpv4 } from '../../../src-main/engine/flow/ipv4.ts';

describe('the number of an IPv4 address', () => {
  test('is its 32 bits', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const bits = address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
        expect(ipv4OfText(address)).toBe(bits | 0);
        if (bits !== 0) expect(textOfIpv4(bits | 0)).toBe(address);
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
    '0.0.0.0',
  ])('is none for %j', (text) => {
    expect(ipv4OfText(text)).toBe(0);
  });
});

describe('an index of addresses', () => {
  test('knows what a map knows, whatever is set and deleted', () => {
    const address = fc.constantFrom(
      ...Array.from({ length: 12 }, (_, at) => `192.0.2.${at}`),
      '2001:db8::1',
      'host.example',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(address, fc.option(fc.nat(99), { nil: undefined }))), (changes) => {
        const index = new AddressIndex(16);
        const find = (text: string): number => index.find(ipv4OfText(text), text);
        const map = new Map<string, number>();
        for (const [text, slot] of changes) {
          if (slot !== undefined) {
            index.set(ipv4OfText(text), text, slot);
            map.set(text, slot);
          } else if (map.delete(text)) index.delete(ipv4OfText(text), text);
          for (const [known, wanted] of map) expect(find(known)).toBe(wanted);
          expect(find(text)).toBe(map.get(text) ?? -1);
        }
      }),
    );
  });
});
