import type { ReportDocument, Words } from '../../../src-main/engine/report/document.ts';

const HOUR = 3_600_000;
const END = Date.UTC(2026, 10, 20, 1, 40);
const START = END - 24 * HOUR;

const T = (text: string): Words => ({ text });

/** A report as the composer makes one, in made-up words: what a bad day looks like. */
export function sampleDocument(language: 'ja' | 'en', findings = 40): ReportDocument {
  const ja = language === 'ja';
  const w = (japanese: string, english: string): Words => T(ja ? japanese : english);
  const times = Array.from({ length: 24 }, (_, index) => START + index * HOUR);
  return {
    kind: 'security',
    language,
    timeZone: 'Asia/Tokyo',
    title: { key: 'report.kind.security', parameters: {} },
    hostName: 'TRADE-WS01',
    range: { from: START, to: END },
    createdAt: END + 60_000,
    classification: w('取扱注意 · 社内限り', 'Confidential · internal use only'),
    verdict: {
      state: 'critical',
      headline: w(
        '攻撃 1 件が続いています。侵入された形跡はありません。',
        'One attack is going on. Nothing shows that anyone got in.',
      ),
      details: [
        w(
          'SSH への総当たり攻撃が 10 時 31 分から続いています。遮断は承認待ちです。ほかの 30 アドレスからの攻撃は、遮断または監視により影響が出ていません。',
          'A brute-force attack on SSH has been going on since 10:31. Blocking it awaits approval. Attacks from 30 other addresses had no effect.',
        ),
      ],
    },
    figures: [
      { label: w('攻撃の件数', 'Attacks'), value: '908', note: w('前日 208', 'day before 208') },
      { label: w('攻撃元アドレス', 'Addresses'), value: '31', note: w('うち新規 10', '10 of them new') },
      { label: w('未解決のアラート', 'Open alerts'), value: '12', note: w('承認待ち 1', '1 awaits you') },
      {
        label: w('成功した侵入', 'Break-ins'),
        value: '0',
        note: w('認証失敗 680 回', '680 failed sign-ins'),
      },
    ],
    contentHash: '9f2c41ab7d035c1e'.repeat(4),
    auditHead: { number: 48_211, hash: '3be092f4'.repeat(8) },
    producer: 'Yagura 0.1.0',
    sections: [
      {
        section: 'summary',
        title: w('攻撃の推移', 'Attacks over time'),
        blocks: [
          {
            kind: 'bars',
            caption: w('1 時間ごとの件数', 'Count per hour'),
            times,
            stepMs: HOUR,
            series: [
              {
                name: w('SSH 総当たり', 'SSH brute force'),
                values: times.map((_, index) => (index > 21 ? 200 * (index - 21) : 2)),
              },
              { name: w('Web 攻撃', 'Web attacks'), values: times.map((_, index) => (index % 5) * 6) },
              { name: w('探索・スキャン', 'Scanning'), values: times.map((_, index) => 8 + (index % 3) * 4) },
              {
                name: w('パスワードリスト攻撃', 'Credential stuffing'),
                values: times.map((_, index) => (index === 22 ? 190 : 0)),
              },
            ],
          },
        ],
      },
      {
        section: 'diagnosis',
        title: w('点数', 'Scores'),
        blocks: [
          {
            kind: 'scores',
            scores: [
              {
                name: w('セキュリティ', 'Security'),
                score: 72,
                previous: 74,
                points: 118,
                maximum: 164,
                unknown: 3,
                coverage: 0.94,
                trend: [60, 64, 63, 70, 74, 72],
              },
              {
                name: w('性能', 'Performance'),
                score: 86,
                previous: 81,
                points: 74,
                maximum: 86,
                unknown: 0,
                coverage: 1,
                trend: [80, 81, 81, 86],
              },
            ],
          },
        ],
      },
      {
        section: 'decisions',
        title: w('いま決めていただきたいこと', 'What to decide now'),
        blocks: [
          {
            kind: 'table',
            columns: [
              { title: w('対応', 'Act'), align: 'start', width: 'fill' },
              { title: w('効果', 'Effect'), align: 'start', width: 'fill' },
              { title: w('期限', 'When'), align: 'end', width: 'fit' },
            ],
            rows: [
              [
                {
                  words: w('203.0.113.42 を 24 時間遮断する', 'Block 203.0.113.42 for 24 hours'),
                  state: 'critical',
                },
                { words: w('取引先への影響なし（照合済み）', 'Cuts no partner (checked)') },
                { words: w('直ちに', 'at once') },
              ],
              [
                {
                  words: w('SSH のパスワード認証を切る', 'Switch off password sign-in for SSH'),
                  state: 'error',
                },
                { words: w('安全 +9 点・約 2 分', 'Security +9, about 2 min') },
                { words: w('本日中', 'today') },
              ],
            ],
            empty: w('ありません', 'Nothing'),
          },
        ],
      },
      {
        section: 'addresses',
        title: w('最も危険なアドレス', 'The most dangerous address'),
        blocks: [
          {
            kind: 'paragraph',
            words: w(
              '10 時 31 分 02 秒に最初の認証失敗があり、4 秒後の 5 回目で検知しました。以後 11 分間に 38 種の利用者名で 412 回試行しています。実在する利用者名は root だけで、鍵認証に限定されているため、パスワードによる侵入はできません。',
              'The first failed sign-in came at 10:31:02 and the fifth, 4 s later, was detected. Since then it tried 412 times with 38 user names.',
            ),
          },
          {
            kind: 'risk',
            address: '203.0.113.42',
            risk: 94,
            state: 'critical',
            parts: [
              { name: w('重大度', 'Severity'), value: 40 },
              { name: w('確度', 'Confidence'), value: 28 },
              { name: w('再犯', 'Repetition'), value: 26 },
            ],
          },
          {
            kind: 'evidence',
            caption: w('証拠', 'Evidence'),
            lines: ['root', 'root', 'invalid user admin', 'invalid user 田中', 'invalid user deploy'].map(
              (user, index) => ({
                time: END - 540_000 + index * 1000,
                text: `Failed password for ${user} from 203.0.113.42 port ${50_112 + index * 7} ssh2`,
                detected: index === 4,
              }),
            ),
          },
        ],
      },
      {
        section: 'host',
        title: w('このパソコンの計測', 'This machine'),
        blocks: [
          {
            kind: 'lines',
            caption: w('CPU 使用率', 'CPU'),
            unit: 'percent',
            times: Array.from({ length: 120 }, (_, index) => START + index * 720_000),
            series: [
              {
                name: w('CPU', 'CPU'),
                values: Array.from({ length: 120 }, (_, index) =>
                  index > 60 && index < 72 ? null : 35 + 20 * Math.sin(index / 9),
                ),
              },
            ],
            limits: [
              { value: 80, severity: 'warning' },
              { value: 90, severity: 'critical' },
            ],
          },
          {
            kind: 'facts',
            facts: [
              {
                name: w('見えなかったもの', 'Not seen'),
                value: {
                  words: w('Prometheus（10:38 以降 4 分間）', 'Prometheus (4 min from 10:38)'),
                  state: 'unknown',
                },
              },
              {
                name: w('読んだログ', 'Logs read'),
                value: { words: T('/var/log/nginx/access.log'), code: true },
              },
            ],
          },
        ],
      },
      {
        section: 'evidence',
        title: w('検知の一覧', 'All findings'),
        blocks: [
          {
            kind: 'table',
            columns: [
              { title: w('時刻', 'Time'), align: 'start', width: 'fit' },
              { title: w('種類', 'Type'), align: 'start', width: 'fit' },
              { title: w('アドレス', 'Address'), align: 'start', width: 'fit' },
              { title: w('証拠', 'Evidence'), align: 'start', width: 'fill' },
              { title: w('件数', 'Count'), align: 'end', width: 'fit' },
            ],
            rows: Array.from({ length: findings }, (_, index) => [
              { words: T(`11-20 ${String(index % 24).padStart(2, '0')}:00`) },
              {
                words: w('SQL インジェクション', 'SQL injection'),
                state: (['critical', 'error', 'warning', 'info', 'ok', 'unknown'] as const)[index % 6],
              },
              {
                words: T(index % 7 === 0 ? '2001:db8:5a3f:1::2f00:17' : `198.51.100.${index % 250}`),
                code: true,
              },
              {
                words: T(
                  `finding-${String(index).padStart(4, '0')} GET /search?q=1%27%20OR%201%3D1--&page=${'a'.repeat(index % 90)}`,
                ),
                code: true,
              },
              { words: T(String(index * 3)) },
            ]),
            empty: w('検知はありません', 'Nothing was found'),
          },
        ],
      },
    ],
  };
}

/** A data directory in which nothing was ever seen. */
export function emptyDocument(language: 'ja' | 'en'): ReportDocument {
  const full = sampleDocument(language);
  return {
    ...full,
    verdict: {
      state: 'unknown',
      headline: T(language === 'ja' ? '監視していません' : 'Nothing was watched'),
      details: [],
    },
    figures: [],
    sections: full.sections.map((part) => ({
      ...part,
      blocks: [
        {
          kind: 'table',
          columns: [{ title: T('x'), align: 'start', width: 'fill' }],
          rows: [],
          empty: T(language === 'ja' ? '記録はありません' : 'Nothing recorded'),
        },
      ],
    })),
    auditHead: { number: 0, hash: '0'.repeat(64) },
  };
}
