import { lineKey, writeFindings, type DetectedFinding } from '../../../flow/finding.ts';
import type { WritableDatabase } from '../../database.ts';
import { FINDINGS_A_PAGE, packLines, storedId } from '../../state/finding-contents.ts';
import type { Migration } from '../../database.ts';

interface OldFinding {
  place: number;
  id: string;
  type: string;
  time: number;
  count: number;
  content: string;
}

/**
 * Findings by number, their contents many together and compressed. Before, each was a row of JSON, and its id of 32
 * characters stood in five trees: 1.4 kB each, five times what they take now.
 */
export const findingPages: Migration = {
  version: 70,
  up(database) {
    database.execute(`
      ALTER TABLE findings RENAME TO old_findings;
      DROP TABLE finding_addresses;
      DROP TABLE finding_lines;
      DROP INDEX findings_time;

      CREATE TABLE finding_kinds (
        kind INTEGER PRIMARY KEY,
        type TEXT NOT NULL,
        rule TEXT NOT NULL,
        UNIQUE (type, rule)
      ) STRICT;

      CREATE TABLE findings (
        -- In the order in which they came.
        finding INTEGER PRIMARY KEY,
        -- Sixteen bytes; text if it is not the 32 digits that detection gives.
        id ANY NOT NULL UNIQUE,
        kind INTEGER NOT NULL,
        time INTEGER NOT NULL,
        count INTEGER NOT NULL,
        -- The only one that most have; empty for none.
        address TEXT NOT NULL
      ) STRICT;
      CREATE INDEX findings_time ON findings (time);
      CREATE INDEX findings_address ON findings (address, time);

      -- Of a distributed attack all addresses but the first.
      CREATE TABLE further_addresses (
        address TEXT NOT NULL,
        time INTEGER NOT NULL,
        finding INTEGER NOT NULL,
        PRIMARY KEY (address, time, finding)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX further_addresses_finding ON further_addresses (finding);

      CREATE VIEW finding_addresses (address, time, finding, kind) AS
        SELECT address, time, finding, kind FROM findings WHERE address <> ''
        UNION ALL
        SELECT further.address, further.time, finding, kind FROM further_addresses AS further JOIN findings USING (finding);

      -- Lines that are evidence of findings with another time, to find the findings of a line: a hash of it tells it from
      -- others of its time.
      CREATE TABLE finding_lines (
        time INTEGER NOT NULL,
        line INTEGER NOT NULL,
        finding INTEGER NOT NULL,
        PRIMARY KEY (time, line, finding)
      ) STRICT, WITHOUT ROWID;

      -- The findings from first to last as they came first: see packLines.
      CREATE TABLE finding_pages (
        first INTEGER PRIMARY KEY,
        last INTEGER NOT NULL,
        contents BLOB NOT NULL
      ) STRICT;

      -- Those that came again with more events, as they are now: pages of one.
      CREATE TABLE grown_findings (
        finding INTEGER PRIMARY KEY,
        contents BLOB NOT NULL
      ) STRICT;
    `);
    takeOver(database);
    database.execute('DROP TABLE old_findings');
  },
};

function takeOver(database: WritableDatabase): void {
  const some = database.query<[number, number], OldFinding>(
    'SELECT rowid AS place, id, type, time, count, content FROM old_findings WHERE rowid > ? ORDER BY rowid LIMIT ?',
  );
  const addKind = database.command<[string, string]>(
    'INSERT INTO finding_kinds (type, rule) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  const add = database.command<[number, string | Buffer, number, number, string, string, string]>(
    `INSERT INTO findings (finding, id, time, count, address, kind)
     SELECT ?, ?, ?, ?, ?, kind FROM finding_kinds WHERE type = ? AND rule = ?`,
  );
  const addAddress = database.command<[string, number, number]>(
    'INSERT OR IGNORE INTO further_addresses (address, time, finding) VALUES (?, ?, ?)',
  );
  const addLine = database.command<[number, number, number]>(
    'INSERT OR IGNORE INTO finding_lines (time, line, finding) VALUES (?, ?, ?)',
  );
  const addPage = database.command<[number, number, Buffer]>(
    'INSERT INTO finding_pages (first, last, contents) VALUES (?, ?, ?)',
  );
  let number = 0;
  for (let rows = some.all(0, FINDINGS_A_PAGE); rows.length > 0;) {
    const first = number + 1;
    const findings: DetectedFinding[] = [];
    for (const { id, type, time, count, content } of rows) {
      number += 1;
      const finding = JSON.parse(content) as DetectedFinding;
      const [address = '', ...further] = finding.addresses;
      addKind.run(type, finding.ruleId);
      add.run(number, storedId(id), time, count, address, type, finding.ruleId);
      for (const each of further) if (each !== address) addAddress.run(each, time, number);
      for (const line of finding.evidence) {
        if (line.time !== time) addLine.run(line.time, lineKey(line.sourceId, line.text), number);
      }
      findings.push(finding);
    }
    addPage.run(first, number, packLines(writeFindings(findings).map(({ contents }) => contents)));
    rows = some.all(rows.at(-1)?.place ?? Infinity, FINDINGS_A_PAGE);
  }
}
