import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MessageForm } from '../../../src-main/engine/detect/intrusion/message-form.ts';
import { loadRules } from '../../../src-main/engine/detect/intrusion/rules.ts';
import { textOfIpv4 } from '../../../src-main/engine/flow/ipv4.ts';

const { rules } = loadRules(join(import.meta.dirname, '../../../resources'));
const forms = rules.auth.flatMap(({ rule, forms: own, ...compiled }) =>
  own.map(({ form }, index) => ({
    form,
    find: (text: string) => compiled.find(text),
    source: rule.forms[index] ?? '',
  })),
);

function read(form: MessageForm, text: string): { address: string; user: string } | undefined {
  // In the middle of other bytes, as in a chunk.
  const bytes = Buffer.from(`before ${text} behind`);
  const from = 'before '.length;
  if (!form.reads(bytes, from, bytes.length - ' behind'.length)) return undefined;
  expect(bytes.toString('utf8', form.addressFrom, form.addressTo)).toBe(textOfIpv4(form.address));
  return {
    address: textOfIpv4(form.address),
    user: bytes.toString('utf8', form.userFrom, form.userTo),
  };
}

/** What a stranger may put into a message to have it read wrong. */
const piece = fc.oneof(
  fc.constantFrom(
    'from',
    'port',
    ' from 198.51.100.1 port 22',
    ' ssh2',
    'for',
    'invalid user ',
    ': ',
    ' ',
    '\r',
  ),
  fc.constantFrom(
    '192.0.2.9',
    '::1',
    '010.1.1.1',
    '0.0.0.0',
    'host.example',
    'mia',
    '\u00e9',
    '\u212a',
    '\u2028',
  ),
  fc.string({ maxLength: 5 }),
  fc.string({ minLength: 100, maxLength: 300 }),
);
const value = fc.oneof(
  fc.constantFrom('mia', '192.0.2.9', '50122', 'password', 'SHA256:abc/+d='),
  fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join('')),
);

const hostile = fc.record({ field: fc.nat({ max: 5 }), value });
const USUAL: Readonly<Record<string, string>> = { address: '192.0.2.9', number: '50122' };

describe('the form of a message', () => {
  test('reads of a message what the patterns of its rule read, whatever stands in it', () => {
    expect(forms.length).toBeGreaterThan(3);
    fc.assert(
      fc.property(
        fc.constantFrom(...forms),
        fc.array(hostile, { maxLength: 2 }),
        ({ form, find, source }, values) => {
          let field = -1;
          const text = source.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
            field += 1;
            return values.find((each) => each.field === field)?.value ?? USUAL[name] ?? 'mia';
          });
          const known = read(form, text);
          if (known !== undefined) expect(find(text)).toMatchObject(known);
        },
      ),
      { numRuns: 5000 },
    );
  });

  test.each(forms.map(({ form, source }) => [source, form] as const))(
    '%s reads what it says',
    (source, form) => {
      const text = source
        .replace('{user}', 'mia')
        .replace('{address}', '192.0.2.9')
        .replace('{number}', '50122')
        .replaceAll(/\{\w+\}/g, 'x/1');
      expect(read(form, text)).toEqual({ address: '192.0.2.9', user: 'mia' });
      expect(read(form, `${text} `)).toBeUndefined();
      expect(read(form, text.slice(1))).toBeUndefined();
      expect(read(form, text.replace('192.0.2.9', '0.0.0.0'))).toBeUndefined();
      expect(read(form, text.replace('mia', 'm'.repeat(129)))).toBeUndefined();
    },
  );

  test('names what it can not be made of', () => {
    expect(() => new MessageForm('{user} from {address} at {hour}')).toThrow('{hour}');
    expect(() => new MessageForm('somebody from {address}')).toThrow('{user}');
  });
});
