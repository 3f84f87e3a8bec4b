import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inNetwork, networkOf } from '../../src-preload/contract/query/addresses.ts';
import { parseQuery } from '../../src-preload/contract/query/parse.ts';
import { fieldTerm, phraseOf, printQuery, quoted } from '../../src-preload/contract/query/print.ts';
import type { QueryNode, ValueTest } from '../../src-preload/contract/query/syntax.ts';
import { timeSpanOf } from '../../src-preload/contract/query/times.ts';
import { wordAt } from '../../src-preload/contract/query/word.ts';

const text = (value: string) => ({ kind: 'text', text: value });
const not = (node: object) => ({ kind: 'not', node });
const field = (name: string, test: ValueTest) => ({ kind: 'field', name, test });
const is = (value: string): ValueTest => ({ kind: 'is', text: value });

/** The tree without places. */
function bare(node: unknown): unknown {
  return JSON.parse(
    JSON.stringify(node, (key, value: unknown) =>
      ['from', 'to', 'value'].includes(key) ? undefined : value,
    ),
  );
}

function read(query: string): unknown {
  const parsed = parseQuery(query);
  return parsed.ok ? bare(parsed.node ?? null) : parsed.fault;
}

describe('A query', () => {
  it.each<[string, unknown]>([
    ['', null],
    ['  ""  ', null],
    ['timeout', text('timeout')],
    ['a b', { kind: 'and', nodes: [text('a'), text('b')] }],
    ['a AND b', { kind: 'and', nodes: [text('a'), text('b')] }],
    ['"timed out"', text('timed out')],
    ['"say \\"no\\" C:\\new"', text('say "no" C:\\new')],
    ['"never closed', text('never closed')],
    ['-a', not(text('a'))],
    ['NOT a', not(text('a'))],
    ['-"a b"', not(text('a b'))],
    ['--verbose -', { kind: 'and', nodes: [text('--verbose'), text('-')] }],
    ['管理者 -ログイン', { kind: 'and', nodes: [text('管理者'), not(text('ログイン'))] }],
    ['a b OR c', { kind: 'or', nodes: [{ kind: 'and', nodes: [text('a'), text('b')] }, text('c')] }],
    ['a (b OR c)', { kind: 'and', nodes: [text('a'), { kind: 'or', nodes: [text('b'), text('c')] }] }],
    ['-(a b)', not({ kind: 'and', nodes: [text('a'), text('b')] })],
    ['main() x)', { kind: 'and', nodes: [text('main()'), text('x)')] }],
    ['(main())', text('main()')],
    ['(X11;', text('(X11;')],
    ['ORacle NOTE AND1', { kind: 'and', nodes: [text('ORacle'), text('NOTE'), text('AND1')] }],
    ['tim*out', { kind: 'wildcard', parts: ['tim', 'out'] }],
    ['*', text('*')],
    ['/fail(ed|ure)/', { kind: 'expression', source: 'fail(ed|ure)' }],
    ['/a b\\/c+/', { kind: 'expression', source: 'a b/c+' }],
    ['/static/', text('/static/')],
    ['/api/v1/orders', text('/api/v1/orders')],
    ['level:error', field('level', is('error'))],
    ['severity:>=warning', field('level', { kind: 'range', least: { text: 'warning', included: true } })],
    ['user:"o b"', field('user', is('o b'))],
    ['path:/a/../b', field('path', is('/a/../b'))],
    ['user:*', field('user', { kind: 'any' })],
    ['user:adm*n', field('user', { kind: 'like', parts: ['adm', 'n'] })],
    ['user:/^adm.n$/', field('user', { kind: 'expression', source: '^adm.n$' })],
    [
      'status:500..599',
      field('status', {
        kind: 'range',
        least: { text: '500', included: true },
        most: { text: '599', included: true },
      }),
    ],
    ['status:<400', field('status', { kind: 'range', most: { text: '400', included: false } })],
    [
      'level:(error OR warning)',
      { kind: 'or', nodes: [field('level', is('error')), field('level', is('warning'))] },
    ],
    ['localhost:8080', { ...field('localhost', is('8080')), literal: 'localhost:8080' }],
    [
      'https://a.example std::move C:\\x error:',
      {
        kind: 'and',
        nodes: [text('https://a.example'), text('std::move'), text('C:\\x'), text('error:')],
      },
    ],
  ])('%j reads as its tree', (query, expected) => {
    expect(read(query)).toEqual(expected);
  });

  it.each<[string, string, number, number]>([
    ['a OR', 'term', 4, 4],
    ['AND a', 'term', 0, 3],
    ['a AND OR b', 'term', 6, 8],
    ['NOT', 'term', 3, 3],
    ['()', 'term', 1, 2],
    ['x (a OR b', 'closing', 2, 9],
    ['user: x', 'value', 5, 5],
    ['status:>many', 'number', 7, 12],
    ['level:bad', 'level', 6, 9],
    ['level:>=bad', 'level', 6, 11],
    ['class:web', 'class', 6, 9],
    ['time:soon', 'time', 5, 9],
    ['address:10.0.0.0/64', 'address', 8, 19],
    [`${'('.repeat(50)}a${')'.repeat(50)}`, 'tooLong', 41, 81],
    ['a '.repeat(201), 'tooLong', 400, 401],
  ])('%j names what it lacks and where', (query, kind, from, to) => {
    expect(read(query)).toMatchObject({ kind, from, to });
  });

  it('never fails to answer, whatever is typed', () => {
    const piece = fc.constantFrom(
      'a',
      ' ',
      '"',
      '(',
      ')',
      '-',
      ':',
      '/',
      '*',
      '\\',
      '..',
      '>',
      'OR',
      'NOT',
      'level:',
      'time:',
      '管',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const query = pieces.join('');
        const parsed = parseQuery(query);
        if (!parsed.ok) expect(parsed.fault.to).toBeLessThanOrEqual(query.length);
        else if (parsed.node !== undefined)
          expect(bare(read(printQuery(parsed.node)))).toEqual(bare(parsed.node));
      }),
      { numRuns: 3000 },
    );
  });

  it('reads back as what was written', () => {
    fc.assert(
      fc.property(tree, (node) => {
        expect(read(printQuery(node))).toEqual(bare(node));
      }),
      { numRuns: 1000 },
    );
  });

  it('finds any text as it stands, once it is quoted', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (value) => {
        expect(read(phraseOf(value))).toEqual(text(value));
        if (value.trim() !== '') expect(read(quoted(value))).toEqual(text(value));
      }),
    );
  });

  it('takes a clicked field for that field and no other', () => {
    expect(fieldTerm('user', 'root')).toBe('user:root');
    expect(fieldTerm('user', 'a b')).toBe('user:"a b"');
    expect(fieldTerm('path', '/a(b)')).toBe('path:"/a(b)"');
    expect(fieldTerm('http.status', '5..9')).toBe('http.status:"5..9"');
    expect(fieldTerm('two words', 'x')).toBeUndefined();
  });
});

const place = { from: 0, to: 0 };
const word = fc.stringMatching(/^[a-z管理.=_]{1,8}$/);
const value: fc.Arbitrary<ValueTest> = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }).map(is),
  fc.constant<ValueTest>({ kind: 'any' }),
  fc.tuple(word, word).map((parts): ValueTest => ({ kind: 'like', parts })),
  fc.tuple(fc.nat(999), fc.nat(999)).map(([least, most]): ValueTest => ({
    kind: 'range',
    least: { text: String(least), included: true },
    most: { text: String(most), included: true },
  })),
);
const { tree } = fc.letrec<{ tree: QueryNode; group: QueryNode }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc
      .string({ minLength: 1, maxLength: 12 })
      .map((each): QueryNode => ({ kind: 'text', text: each, ...place })),
    fc.tuple(word, word).map((parts): QueryNode => ({ kind: 'wildcard', parts, ...place })),
    fc
      .constantFrom('a+', '^x/y', '[)]')
      .map((source): QueryNode => ({ kind: 'expression', source, ...place })),
    fc
      .tuple(fc.constantFrom('user', 'path', 'program'), value)
      .map(([name, test]): QueryNode => ({ kind: 'field', name, test, value: place, ...place })),
    tie('tree').map((node): QueryNode => ({ kind: 'not', node, ...place })),
    tie('group'),
  ),
  group: fc
    .tuple(
      fc.constantFrom('and' as const, 'or' as const),
      fc.array(tie('tree'), { minLength: 2, maxLength: 4 }),
    )
    .map(([kind, nodes]): QueryNode => ({ kind, nodes, ...place })),
}));

describe('A time in a query', () => {
  const now = Date.parse('2026-11-21T10:30:00Z');
  const span = (value: string): string[] | undefined => {
    const found = timeSpanOf(value, now);
    return found && [new Date(found.from).toISOString(), new Date(found.to).toISOString()];
  };

  it('is as long as it is vague', () => {
    expect(span('2026-11-21T09:00Z')).toEqual(['2026-11-21T09:00:00.000Z', '2026-11-21T09:01:00.000Z']);
    expect(span('2026-11-21T09:00:05+09:00')).toEqual([
      '2026-11-21T00:00:05.000Z',
      '2026-11-21T00:00:06.000Z',
    ]);
    expect(span('now-15m')?.[0]).toBe('2026-11-21T10:15:00.000Z');
    const day = timeSpanOf('2026-11-20', now);
    expect((day?.to ?? 0) - (day?.from ?? 0)).toBe(86_400_000);
    for (const none of ['', 'soon', '2026-13-01', '25:00', '2026-11-21T9', 'now-']) {
      expect([none, span(none)]).toEqual([none, undefined]);
    }
  });
});

describe('A network', () => {
  it.each<[string, string, boolean]>([
    ['10.0.0.0/8', '10.200.3.4', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['192.0.2.128/25', '192.0.2.127', false],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['2001:db8::/32', '2001:db8:5a::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:0DB8:0:0::1', '2001:db8::1', true],
    ['192.0.2.1', '::ffff:192.0.2.1', true],
    ['192.0.2.1', 'not an address', false],
  ])('%s holds %s: %s', (network, address, expected) => {
    const read = networkOf(network);
    expect(read !== undefined && inNetwork(read, address)).toBe(expected);
  });

  it.each(['', '10.0.0', '10.0.0.256', '10.0.0.0/33', '::1::', '2001:db8::/129', '1:2:3:4:5:6:7', 'g::1'])(
    '%j is none',
    (none) => {
      expect(networkOf(none)).toBeUndefined();
    },
  );
});

describe('The term at the caret', () => {
  it.each<[string, number, object]>([
    ['a le', 4, { from: 2, to: 4, typed: 'le' }],
    ['-level:er x', 9, { from: 1, to: 9, field: 'level', typed: 'er' }],
    ['(user:ro)', 8, { from: 1, to: 8, field: 'user', typed: 'ro' }],
    ['abc', 1, { from: 0, to: 3, typed: 'a' }],
    ['', 9, { from: 0, to: 0, typed: '' }],
  ])('%j at %i', (query, caret, expected) => {
    expect(wordAt(query, caret)).toEqual(expected);
  });
});
