import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { AuditRecord } from '../../src-main/engine/flow/audit-trail.ts';
import { exportedPage, recordExport } from '../../src-main/engine/log-export.ts';
import { createMasker } from '../../src-main/engine/parse/mask.ts';
import { maskingRuleSchema } from '../../src-preload/contract/masking.ts';
import { EXPORT_MASKS } from '../../src-preload/contract/limits.ts';
import type { LogLine } from '../../src-preload/contract/logs.ts';

const MASKING = {
  key: 'k',
  usersIn: () => ['suzuki'],
  rules: [maskingRuleSchema.parse({ kind: 'pattern', name: 'order', pattern: 'ID-\\d+' })],
};

function line(text: string, index = 0): LogLine {
  return {
    id: `access/2026-11-21/${index}`,
    time: Date.UTC(2026, 10, 21, 9),
    level: 4,
    sourceId: '/home/suzuki/app.log',
    text,
    address: '203.0.113.9',
  };
}

const LINES = [
  line('203.0.113.9 - suzuki [21/Nov/2026:09:00:00 +0900] "GET /a HTTP/1.1" 200 1 "-" "-"', 1),
  line('suzuki at suzuki@example.co.jp ordered ID-77, account 1234567, token=ab12cd34ef', 2),
];

describe('exported lines', () => {
  test('hold no secret, nothing that a rule finds, and no personal data, in any of their columns', () => {
    const { text, header, lines, masked, samples } = exportedPage(LINES, 'jsonl', MASKING, EXPORT_MASKS);
    expect([header, lines]).toEqual(['', 2]);
    for (const gone of ['suzuki', '203.0.113.9', 'ID-77', '1234567', 'ab12cd34ef', hostname()])
      expect(text).not.toContain(gone);
    const rows = text
      .trimEnd()
      .split('\n')
      .map((row) => JSON.parse(row) as Record<string, string>);
    expect(rows[0]?.['address']).toMatch(/^2[45]\d\./);
    expect(rows[0]?.['text']).toContain(rows[0]?.['address']);
    expect(rows[1]?.['text']).toMatch(
      /^user-[0-9a-f]{8} at mail-[0-9a-f]{8}@redacted\.invalid ordered \[masked:order\], account account-[0-9a-f]{8}, token=\[masked:token\]$/,
    );
    expect(masked.map(({ kind }) => kind)).toEqual(['secret', 'user', 'email', 'account', 'address']);
    expect(samples.find(({ kind }) => kind === 'secret')?.before).not.toContain('ab12cd34ef');
  });

  test('keep the kinds that were not asked for', () => {
    const { text } = exportedPage(LINES, 'csv', MASKING, ['email']);
    expect(text).toContain('/home/suzuki/app.log,203.0.113.9,');
    expect(text).toContain('account 1234567');
    expect(text).not.toContain('suzuki@');
    expect(text).toContain('[masked:order]');
  });

  test('as CSV are one row each, quoted, and no formula to a spreadsheet', () => {
    const { text, header } = exportedPage([line('=1+1,"a"')], 'csv', { ...MASKING, rules: [] }, []);
    expect(header).toBe('time,severity,source,address,id,text\n');
    expect(text).toBe(
      '2026-11-21T09:00:00.000Z,warning,/home/suzuki/app.log,203.0.113.9,access/2026-11-21/0,"\'=1+1,""a"""\n',
    );
  });
});

test('a file of lines that is made, taken down with what was looked for, but not with a secret in it', () => {
  const records: AuditRecord[] = [];
  const audit = {
    record: (record: AuditRecord) => void records.push(record),
    head: () => ({ number: 0, hash: '' }),
  };
  const filter = { text: 'sato password=hunter2222', regex: false, range: { from: 1000, to: 2000 } };
  const made = { name: 'lines.csv', filter, format: 'csv', mask: ['user'], lines: 7, cut: true } as const;
  recordExport(audit, made, createMasker({ secrets: true, users: false, key: 'k' }));
  expect(records).toEqual([
    {
      actor: 'operator',
      action: 'logsExported',
      subject: 'lines.csv',
      details: {
        query: 'sato password=[masked:password]',
        from: 1000,
        to: 2000,
        format: 'csv',
        masked: ['user'],
        lines: 7,
        cut: true,
      },
    },
  ]);
});
