import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeReport, readReport } from '../../../src-main/engine/report-making.ts';
import { DataDirectory, finding, FROM, making, RANGE, task, TO } from './report-fixture.ts';

let data: DataDirectory;
beforeEach(() => (data = new DataDirectory()));
afterEach(() => data.close());

const LINE =
  'Nov 20 10:00:00 gw sshd[7]: Failed password for invalid user tanaka.kenji from 203.0.113.9 port 50112 ssh2';

async function made(request: Parameters<typeof task>[1] = {}) {
  const { files, info } = await makeReport(task(data.path, request), making);
  const text = (format: string): string =>
    Buffer.from(files.find((file) => file.format === format)!.bytes).toString('utf8');
  return { json: text('json'), csv: text('csv'), info, files };
}

function withPeople(): void {
  const evidence = [
    { time: FROM + 1, text: LINE, sourceId: '/var/log/auth.log', offset: 1 },
    {
      time: FROM + 2,
      text: 'mail from tanaka@example.co.jp about account no. 1234-567890, 口座番号 7654321 and tanaka.kenji again',
      sourceId: '/var/log/auth.log',
      offset: 2,
    },
    { time: FROM + 3, text: 'login token=[masked:token] for Tanaka.Kenji', sourceId: 'a', offset: 3 },
  ];
  data.addFindings([
    finding({ user: 'tanaka.kenji', users: [{ name: 'tanaka.kenji', count: 4 }], evidence, successes: 1 }),
  ]);
}

describe('exported reports', () => {
  it('name nobody: user names, addresses of mail and account numbers are pseudonyms', async () => {
    withPeople();
    const { json, csv, info } = await made();
    for (const text of [json, csv]) {
      expect(text).not.toMatch(/tanaka/i);
      expect(text).not.toContain('example.co.jp');
      expect(text).not.toMatch(/1234-567890|7654321/);
      expect(text).toMatch(/user-[0-9a-f]{6}/);
    }
    expect(json).toMatch(/mail-[0-9a-f]{6} about account no\. account-[0-9a-f]{6}/);
    const counts = Object.fromEntries(info.masked.map(({ kind, count }) => [kind, count]));
    expect(counts).toMatchObject({ email: 2, account: 4, secret: 2 });
    expect(counts['user']).toBeGreaterThan(3);
  });

  it('give the same person the same pseudonym each time, whatever the case', async () => {
    withPeople();
    const pseudonyms = new Set((await made()).json.match(/user-[0-9a-f]{6}/g));
    expect(pseudonyms.size).toBe(1);
    // With a key of the installation; without one each report has its own.
    data.database.command('INSERT INTO meta (name, value) VALUES (?, ?)').run('masking.key', 'k'.repeat(64));
    const [first] = (await made()).json.match(/user-[0-9a-f]{6}/g)!;
    expect((await made({ kind: 'security' })).json).toContain(first);
  });

  it('keep names when asked to, and secrets never', async () => {
    withPeople();
    data.addFindings([
      finding({
        id: 'secret',
        evidence: [{ time: FROM, text: 'GET /?api_key=Zx9Kq2Lm8Pw4Rt6Yv1', sourceId: 'a', offset: 9 }],
      }),
    ]);
    const { json, info } = await made({ pseudonyms: false });
    expect(json).toContain('tanaka.kenji');
    expect(json).toContain('tanaka@example.co.jp');
    expect(json).not.toContain('Zx9Kq2Lm8Pw4Rt6Yv1');
    expect(info.masked.map(({ kind }) => kind)).toEqual(['secret']);
  });

  it('show before the first one leaves what would be replaced by what', async () => {
    withPeople();
    const { samples } = await readReport(task(data.path), making);
    expect(samples.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['user', 'email', 'account']));
    expect(samples.find(({ kind }) => kind === 'email')).toMatchObject({
      before: 'tanaka@example.co.jp',
      after: expect.stringMatching(/^mail-[0-9a-f]{6}$/),
    });
  });

  it('do not take words of ours for names, even when somebody guesses them', async () => {
    data.addFindings([
      finding({
        user: 'report',
        users: ['report', 'key', 'security', 'user'].map((name) => ({ name, count: 1 })),
      }),
    ]);
    const { json } = await made();
    const report: unknown = JSON.parse(json);
    expect(report).toMatchObject({ kind: 'security', format: 'yagura-report-1' });
    expect(json).toContain('report.verdict.');
    expect(json).toContain('invalid user user-');
  });

  it('are hashed byte for byte', async () => {
    const { json, info, files } = await made();
    expect(createHash('sha256').update(json).digest('hex')).toBe(info.contentHash);
    expect(files.find(({ format }) => format === 'json')?.sha256).toBe(info.contentHash);
  });
});

describe('the CSV export', () => {
  it('is quoted as RFC 4180 says, one row a finding', async () => {
    data.addFindings([
      finding({ evidence: [{ time: FROM, text: 'a "quoted", line\nand more', sourceId: 'x', offset: 1 }] }),
    ]);
    const { csv } = await made();
    expect(csv.startsWith('\uFEFFtime,first_time,severity')).toBe(true);
    expect(csv).toContain('"a ""quoted"", line\nand more"');
    expect(csv.endsWith('\r\n')).toBe(true);
  });

  it.each(['=HYPERLINK("http://x")', '+1+1', '-2+3', '@SUM(A1)', '\tx', '\rx'])(
    'runs no formula that an attacker left: %j',
    async (text) => {
      data.addFindings([finding({ evidence: [{ time: FROM, text, sourceId: text, offset: 1 }] })]);
      const { csv } = await made();
      const cells = csv.split(/,|\r\n/).map((cell) => cell.replace(/^"/, ''));
      expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
      expect(csv).toContain(`'${text.slice(0, 2).replaceAll('"', '""')}`);
    },
  );

  it.each(['security', 'alerts', 'logs', 'health'] as const)(
    'of an empty %s report is its header',
    async (kind) => {
      const { csv } = await made({ kind, range: RANGE });
      expect(csv.trimEnd().split('\r\n')).toHaveLength(1);
    },
  );

  it('of alerts says them in the report’s language', async () => {
    data.addAlert({ firedAt: TO - 1000 });
    expect((await made({ kind: 'alerts', language: 'ja' })).csv).toContain('203.0.113.9');
  });
});
