import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileLinear, expressionFault } from '../../../src-main/engine/flow/linear-expression.ts';
import { splitLines } from '../../../src-main/engine/flow/line-batch.ts';
import { ParsedBatch } from '../../../src-main/engine/flow/parsed-batch.ts';
import { createMasker, type Masker } from '../../../src-main/engine/parse/mask.ts';
import { OwnFormatFields } from '../../../src-main/engine/parse/masking/own-fields.ts';
import { customFormatSchema } from '../../../src-preload/contract/log-formats.ts';
import { maskingRuleSchema, type MaskingRule } from '../../../src-preload/contract/masking.ts';

function pattern(name: string, source: string): MaskingRule {
  return maskingRuleSchema.parse({ kind: 'pattern', name, pattern: source });
}

function field(name: string, key: string): MaskingRule {
  return maskingRuleSchema.parse({ kind: 'field', name, field: key });
}

function maskerWith(...rules: MaskingRule[]): Masker {
  return createMasker({ secrets: true, users: false, key: 'k', rules });
}

/** Lines as they are stored. */
function stored(masker: Masker, text: string): string[] {
  const batch = new ParsedBatch(splitLines('test', 1, 0, Buffer.from(text)));
  const { text: masked, textEnds } = masker.maskBatch(batch);
  return Array.from(textEnds, (end, line) =>
    Buffer.from(masked.subarray(textEnds[line - 1] ?? 0, end)).toString(),
  );
}

describe('a pattern of the user, in lines that are stored', () => {
  test.each([
    ['the whole match', 'ACC-\\d+', 'from ACC-1234 to acc-9', 'from [masked:account] to [masked:account]'],
    ['what the first group matches', 'order (\\d+) of', 'order 18 of 20', 'order [masked:account] of 20'],
    [
      'a match without a text that tells it',
      '\\b\\d{3}-\\d{4}\\b',
      'call 555-1234 now',
      'call [masked:account] now',
    ],
    [
      'one of several beginnings',
      '(?:kabu|branch)=(\\w+)',
      'kabu=7203 branch=12',
      'kabu=[masked:account] branch=[masked:account]',
    ],
    ['characters of several bytes', '口座(\\d+)', '東京 口座12345 完了', '東京 口座[masked:account] 完了'],
  ])('masks %s', (_what, source, line, expected) => {
    expect(stored(maskerWith(pattern('account', source)), `${line}\nnothing here\n`)).toEqual([
      expected,
      'nothing here',
    ]);
  });

  test('leaves lines without a match byte for byte as they are', () => {
    const line = 'GET /a?b=c 200 \u00e9\u{1f600}';
    expect(stored(maskerWith(pattern('account', 'acc-\\d+')), `${line}\n`)).toEqual([line]);
  });

  test('masks beside bytes that are no UTF-8 exactly what matched', () => {
    const bytes = Buffer.concat([Buffer.from([0xe3, 0x81]), Buffer.from(' acc-77 end\n')]);
    const batch = new ParsedBatch(splitLines('test', 1, 0, bytes));
    const { text } = maskerWith(pattern('account', 'acc-\\d+')).maskBatch(batch);
    expect(Buffer.from(text).subarray(2).toString()).toBe(' [masked:account] end');
  });

  test('does not mask its own mark again', () => {
    const masker = maskerWith(pattern('account', 'account=(\\S+)'));
    const once = masker.preview('account=12').text;
    expect(masker.preview(once)).toEqual({ text: once, spans: [] });
  });

  test('that is switched off does nothing', () => {
    const rule = { ...pattern('account', 'acc-\\d+'), enabled: false };
    expect(stored(maskerWith(rule), 'acc-1\n')).toEqual(['acc-1']);
  });

  test('together with a secret that it overlaps, leaves neither readable', () => {
    const masker = maskerWith(pattern('account', 'token=\\w+ acc-\\d+'));
    expect(stored(masker, 'x token=a1b2c3d4e5 acc-77 y\n')).toEqual(['x [masked:account] y']);
  });

  test('finds the same behind the texts it must contain as without looking for them first', () => {
    const sources = ['acc-\\d+', 'id=(\\w{3})', '(?:foo|bar)-x', 'K\\.?unde', '\\d{4}-\\d{4}'];
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.array(
          fc.string({
            unit: fc.constantFrom(...Array.from('accid=foobarx-KUunde.1234567é口 \t')),
            maxLength: 60,
          }),
          { minLength: 1, maxLength: 8 },
        ),
        (source, lines) => {
          const expression = compileLinear(source);
          const expected = lines.map((line) => {
            const found: { from: number; to: number }[] = [];
            expression.eachMatch(line, (from, to) => found.push({ from, to }));
            return found.reduceRight(
              (text, { from, to }) => `${text.slice(0, from)}[masked:r]${text.slice(to)}`,
              line,
            );
          });
          const masker = createMasker({
            secrets: false,
            users: false,
            key: '',
            rules: [pattern('r', source)],
          });
          expect(stored(masker, `${lines.join('\n')}\n`)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('that would take other engines for ever is through a long line in linear time', () => {
    const masker = maskerWith(pattern('evil', '(x+x+)+y'));
    const before = process.cpuUsage();
    expect(stored(masker, `${'x'.repeat(20_000)}\n`)).toEqual(['x'.repeat(20_000)]);
    const { user } = process.cpuUsage(before);
    expect(user).toBeLessThan(2_000_000);
  });
});

describe('a pattern that can’t be used', () => {
  test.each([
    ['(unclosed', 'masking.fault.syntax'],
    ['(?=ahead)x', 'masking.fault.syntax'],
    ['(a)\\1', 'masking.fault.syntax'],
    ['((a{100}){100}){100}', 'masking.fault.syntax'],
    ['.*', 'masking.fault.empty'],
    ['a?', 'masking.fault.empty'],
    ['(x{0,1000}y){0,1}'.repeat(20) + 'z', 'masking.fault.large'],
  ])('%s is refused with its reason', (source, key) => {
    expect(expressionFault(source)?.key).toBe(key);
  });
});

describe('a field of the user, in lines that are stored', () => {
  const masker = maskerWith(field('client', 'customer_id'));
  test.each([
    ['customer_id=4711 side=buy', 'customer_id=[masked:client] side=buy'],
    ['{"Customer_ID":"47 11","a":1}', '{"Customer_ID":"[masked:client]","a":1}'],
    ['{"customer_id": 4711, "a": 1}', '{"customer_id": "[masked:client]", "a": 1}'],
    ['{"customer_id": [1, {"b": "]"}], "a": 1}', '{"customer_id": "[masked:client]", "a": 1}'],
    ['{"m":"{\\"customer_id\\":\\"47\\"}"}', '{"m":"{\\"customer_id\\":\\"[masked:client]\\"}"}'],
    ['customer_id: sato, taro', 'customer_id: [masked:client], taro'],
    ['GET /x?customer_id=47&b=1', 'GET /x?customer_id=[masked:client]&b=1'],
    ['my_customer_id=1 customer_ids=2 customer_id.x=3', 'my_customer_id=1 customer_ids=2 customer_id.x=3'],
    ['no customer_id here', 'no customer_id here'],
    ['customer_id="" end', 'customer_id="" end'],
  ])('%s', (line, expected) => {
    expect(stored(masker, `${line}\n`)).toEqual([expected]);
  });

  test('keeps JSON lines JSON, also where Yagura’s own rule masks a number', () => {
    const [line = ''] = stored(masker, '{"api_key": 123456789, "customer_id": 12}\n');
    expect(JSON.parse(line)).toEqual({ api_key: '[masked:key]', customer_id: '[masked:client]' });
  });

  test('of a format of their own that names it by its place, is masked there', () => {
    const format = customFormatSchema.parse({
      kind: 'pattern',
      name: 'desk',
      pattern: '{time} {account} {message}',
    });
    const rule = field('client', 'account');
    const own = new OwnFormatFields([format], [rule]);
    const batch = new ParsedBatch(
      splitLines('test', 1, 0, Buffer.from('2026-11-21T09:00:00Z A-17 filled\nno\n')),
    );
    batch.times.fill(5);
    const masked = maskerWith(rule).maskBatch(batch, own.of(batch, 'desk'));
    expect(Buffer.from(masked.text).toString()).toBe('2026-11-21T09:00:00Z [masked:client] filledno');
    expect([...batch.times]).toEqual([5, 5]);
    expect(own.of(batch, undefined)).toBeUndefined();
  });

  test.each(['address', 'User'])('is refused for %s, which is kept beside the line', (key) => {
    expect(maskingRuleSchema.safeParse({ kind: 'field', name: 'x', field: key }).success).toBe(false);
  });
});

test('a name that could end its mark early or hide in it, is refused', () => {
  for (const name of ['', 'a]b', 'a b', '-a', 'x'.repeat(31), 'a\u202eb'])
    expect(maskingRuleSchema.safeParse({ kind: 'pattern', name, pattern: 'x' }).success, name).toBe(false);
  expect(maskingRuleSchema.safeParse({ kind: 'pattern', name: '口座番号', pattern: 'x' }).success).toBe(true);
});
