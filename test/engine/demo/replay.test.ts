import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEMO_LOGS, type DemoLine } from '../../../src-main/engine/demo/lines.ts';
import { attackersOf, ROUND_SECONDS, SCENES } from '../../../src-main/engine/demo/scenes.ts';
import { linesOfSecond } from '../../../src-main/engine/demo/script.ts';
import { scanFile } from '../../../src-main/engine/scan.ts';

const RESOURCES = join(import.meta.dirname, '../../../resources');
const START = Date.UTC(2026, 10, 20, 9, 0, 0);
const ORDINARY = /^10\./;
const LOGS = ['access', 'error', 'auth', 'account', 'application'] as const;

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-demo-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function linesOf(seed: number, from: number, to: number): DemoLine[] {
  const lines: DemoLine[] = [];
  for (let second = from; second < to; second += 1)
    lines.push(...linesOfSecond({ seed, start: START, second }));
  return lines;
}

interface Found {
  type: string;
  addresses: readonly string[];
  time: number;
}

/** What the detectors say of a span. */
async function found(seed: number, from: number, to: number): Promise<Found[]> {
  const lines = linesOf(seed, from, to);
  const findings: Found[] = [];
  for (const log of LOGS) {
    const path = join(directory, DEMO_LOGS[log]);
    writeFileSync(path, lines.flatMap((line) => (line.log === log ? [`${line.text}\n`] : [])).join(''));
    for await (const item of scanFile(path, { resources: RESOURCES, timeZone: 'UTC' })) {
      if (item.kind === 'finding') {
        const { type, addresses, time } = item.finding;
        findings.push({ type, addresses, time });
      } else {
        for (const type of item.categories)
          findings.push({ type, addresses: [item.address], time: item.time ?? 0 });
      }
    }
  }
  return findings;
}

test('the quiet hour raises nothing', async () => {
  for (const seed of [1, 2, 20_260_401]) expect(await found(seed, -3600, 20)).toEqual([]);
});

test.each([1, 2, 20_260_401])('every scene is found for what it is, seed %d', async (seed) => {
  const findings = await found(seed, -3600, ROUND_SECONDS);
  for (const scene of SCENES) {
    const types = findings
      .filter(({ time }) => time >= START + scene.from * 1000 && time <= START + (scene.to + 60) * 1000)
      .map(({ type }) => type);
    expect.soft(types, scene.name).toEqual(expect.arrayContaining(scene.expects));
  }
  // Somebody who mistypes while stolen passwords are tried may be counted among those who try them.
  const accused = findings.filter(({ addresses }) => addresses.every((address) => ORDINARY.test(address)));
  expect(accused).toEqual([]);
});

test('something grave is found within the first minute', async () => {
  const findings = await found(20_260_401, 0, 55);
  expect(findings.map(({ type }) => type)).toEqual(expect.arrayContaining(['sqli', 'java']));
});

test('it is calm from the last scene to the next round, and the next round is found again', async () => {
  const over = Math.max(...SCENES.map((scene) => scene.to));
  expect(await found(3, over, ROUND_SECONDS + 20)).toEqual([]);
  const again = await found(3, ROUND_SECONDS, ROUND_SECONDS + over);
  expect(again.map(({ type }) => type)).toEqual(
    expect.arrayContaining(SCENES.flatMap((scene) => scene.expects)),
  );
});

test('attackers have addresses set aside for documentation, others each round', () => {
  const documentation = /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}$/;
  for (let round = 0; round < 50; round += 1) {
    const { scanner, injector, guesser, stuffers } = attackersOf(7, round);
    for (const address of [scanner, injector, guesser, ...stuffers]) {
      expect(address).toMatch(documentation);
      expect(Number(address.split('.').at(-1))).toBeLessThan(255);
    }
  }
  expect(attackersOf(7, 1)).not.toEqual(attackersOf(7, 0));
});

test('the same seed and moment give the same bytes, another seed others', () => {
  const text = (seed: number): string =>
    linesOf(seed, -100, 200)
      .map((line) => line.text)
      .join('\n');
  expect(text(5)).toBe(text(5));
  expect(text(5)).not.toBe(text(6));
});

test('stays small: some lines a second, none without end, two languages', () => {
  const lines = linesOf(5, 0, ROUND_SECONDS);
  expect(lines.length / ROUND_SECONDS).toBeLessThan(5);
  expect(Math.max(...lines.map((line) => line.text.length))).toBeLessThan(400);
  expect(lines.some((line) => /[ぁ-んァ-ヶ一-龠]/.test(line.text))).toBe(true);
});
