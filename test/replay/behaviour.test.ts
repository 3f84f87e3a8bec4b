import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scanFile, type ScanFinding } from '../../src-main/engine/scan.ts';
import { ATTACKS, DayWriter, HARMLESS, writeOrdinaryDay, type Episode } from './traffic.ts';

const RESOURCES = join(import.meta.dirname, '../../resources');
let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-replay-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function findingsOf(text: string, name: string): Promise<ScanFinding[]> {
  const path = join(directory, `${name}.log`);
  writeFileSync(path, text);
  const findings: ScanFinding[] = [];
  for await (const item of scanFile(path, { resources: RESOURCES, timeZone: 'UTC', year: 2026 })) {
    if (item.kind === 'finding') findings.push(item);
  }
  return findings;
}

const SLACK_MS = 30 * 60_000;

function belongs({ finding }: ScanFinding, episode: Episode): boolean {
  return (
    episode.types.includes(finding.type) &&
    finding.time >= episode.start - 60_000 &&
    finding.time <= episode.end + SLACK_MS &&
    finding.addresses.some((address) => episode.addresses.has(address))
  );
}

describe('a day of mixed logs', () => {
  for (const [index, name] of Object.keys(HARMLESS).entries()) {
    test(`raises nothing when ${name}`, async () => {
      const day = new DayWriter(100 + index);
      writeOrdinaryDay(day);
      HARMLESS[name]?.(day);
      const findings = await findingsOf(day.day().text, `harmless-${index}`);
      expect(findings.map(({ finding }) => [finding.ruleId, finding.addresses.slice(0, 3), finding.count])).toEqual([]);
    });
  }

  for (const [index, name] of Object.keys(ATTACKS).entries()) {
    test(`tells of it when ${name}`, async () => {
      for (const seed of [1, 2]) {
        const day = new DayWriter(seed * 1000 + index);
        writeOrdinaryDay(day);
        ATTACKS[name]?.(day);
        const { text, episodes } = day.day();
        const findings = await findingsOf(text, `attack-${index}-${seed}`);
        const [episode] = episodes;
        expect(findings.some((finding) => belongs(finding, episode!))).toBe(true);
        const strangers = findings.filter((finding) => !episodes.some((own) => belongs(finding, own)) && !isPartOf(finding, episodes));
        expect(strangers.map(({ finding }) => [finding.ruleId, finding.addresses.slice(0, 3)])).toEqual([]);
      }
    });
  }

  test('finds every attack and nothing else when all attacks and all look-alikes come on one day', async () => {
    for (const seed of [7, 11, 17, 18]) {
      const day = new DayWriter(seed);
      writeOrdinaryDay(day);
      for (const write of Object.values(HARMLESS)) write(day);
      for (const write of Object.values(ATTACKS)) write(day);
      const { text, episodes } = day.day();
      const findings = await findingsOf(text, `all-${seed}`);
      const missed = episodes.filter((episode) => !findings.some((finding) => belongs(finding, episode)));
      expect(missed.map((episode) => episode.name)).toEqual([]);
      const strangers = findings.filter((finding) => !episodes.some((own) => belongs(finding, own)) && !isPartOf(finding, episodes));
      expect(strangers.map(({ finding }) => [finding.ruleId, finding.addresses.slice(0, 3)])).toEqual([]);
    }
  });
});

/**
 * Other views of an attack (its slow side, its scan) are right where most addresses in it are attackers'; people who fail
 * while a distributed attack is under way may be caught up in it.
 */
function isPartOf({ finding }: ScanFinding, episodes: readonly Episode[]): boolean {
  const attackers = episodes.flatMap((episode) => [...episode.addresses]);
  const own = finding.addresses.filter((address) => attackers.includes(address)).length;
  return own > finding.addresses.length / 2;
}
