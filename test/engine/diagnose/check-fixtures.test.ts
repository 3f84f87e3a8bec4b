import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { CheckVerdict } from '../../../src-main/engine/diagnose/check.ts';
import { hostChecks } from '../../../src-main/engine/diagnose/checks/index.ts';
import { yaguraChecks } from '../../../src-main/engine/diagnose/checks/yagura/index.ts';
import { wordsOf, type CheckFacts } from '../../../src-main/engine/diagnose/examination.ts';
import { readWords } from '../../../src-main/locale-files.ts';
import { SEVERITIES } from '../../../src-preload/contract/shared.ts';
import { templateOf } from '../../../src-preload/contract/words.ts';
import { recordedFacts, recordedFactsSchema } from './recorded-facts.ts';
import { RecordedProbe, recordingSchema } from './recorded-probe.ts';

/*
 * One file per check, `fixtures/<system>/<ID>.yaml`, with named cases:
 *
 *   origin: where the recorded output comes from (tool, system, build), where it was not written by hand
 *   cases:
 *     pass:
 *       recording: { files: { /etc/ssh/sshd_config: "PasswordAuthentication no\n" } }
 *       expect: { status: pass, evidence: [PasswordAuthentication no] }
 *
 * Every check has at least one case that passes, one that fails and one that is unknown. Each text under `evidence` is
 * contained in the text or the place of some piece of evidence.
 */

const expectationSchema = z.strictObject({
  status: z.enum(['pass', 'fail', 'unknown', 'notApplicable']),
  found: z.string().optional(),
  points: z.number().optional(),
  severity: z.enum(SEVERITIES).optional(),
  evidence: z.array(z.coerce.string()).optional(),
  /** Null: none, whatever the host's text would make of it. */
  command: z.string().nullable().optional(),
});

const readingSchema = z.strictObject({
  labels: z.record(z.string(), z.string()).default({}),
  latest: z.number(),
  mean: z.number(),
  maximum: z.number(),
});

const fixtureSchema = z.strictObject({
  origin: z.string().min(1).optional(),
  cases: z.record(
    z.string(),
    z.strictObject({
      recording: recordingSchema.prefault({}),
      /** The engine's own metrics, by name. */
      readings: z.record(z.string(), z.array(readingSchema)).default({}),
      /** What Yagura knows of itself, for its own checks. */
      facts: recordedFactsSchema.prefault({}),
      expect: expectationSchema,
    }),
  ),
});
type Case = z.output<typeof fixtureSchema>['cases'][string];

const resources = fileURLToPath(new URL('../../../resources', import.meta.url));
const words = { en: readWords(resources, 'en'), ja: readWords(resources, 'ja') };

/** Checks that are tried on fixtures of one folder. */
interface Registry {
  folder: string;
  checks: readonly CheckFacts[];
  look: (id: string, each: Case) => Promise<CheckVerdict>;
}

function hostRegistry(folder: string, platform: 'linux' | 'win32' | 'darwin'): Registry {
  const checks = hostChecks[platform];
  return {
    folder,
    checks,
    look: (id, { recording, readings }) => {
      const host = new RecordedProbe({ ...recording, platform });
      return demand(checks, id).look(host, { over: (metric) => readings[metric] ?? [] });
    },
  };
}

const registries: Registry[] = [
  hostRegistry('linux', 'linux'),
  hostRegistry('windows', 'win32'),
  hostRegistry('macos', 'darwin'),
  {
    folder: 'yagura',
    checks: yaguraChecks,
    look: (id, { facts }) => demand(yaguraChecks, id).look(recordedFacts(facts)),
  },
];

function demand<Known extends { id: string }>(checks: readonly Known[], id: string): Known {
  const check = checks.find((each) => each.id === id);
  if (check === undefined) throw new Error(`There is no check ${id}`);
  return check;
}

/** What a template asks to be filled in. */
function placesOf(template: string): string[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
}

function pathOf(folder: string): string {
  return fileURLToPath(new URL(`fixtures/${folder}`, import.meta.url));
}

describe.each(registries)('Checks of $folder', ({ folder, checks, look }) => {
  it('have ids of their own', () => {
    const ids = checks.map((check) => check.id);
    expect(ids).toEqual([...new Set(ids)]);
    for (const id of ids) expect(id).toMatch(/^[A-Z]{2,4}-\d{2}$/);
  });

  it('have no fixtures left over', () => {
    const files = existsSync(pathOf(folder)) ? readdirSync(pathOf(folder)) : [];
    const known = new Set(checks.map((check) => `${check.id}.yaml`));
    expect(files.filter((file) => file.endsWith('.yaml') && !known.has(file))).toEqual([]);
  });

  for (const check of checks) {
    describe(check.id, () => {
      const text = readFileSync(`${pathOf(folder)}/${check.id}.yaml`, 'utf8');
      const { cases } = fixtureSchema.parse(parse(text));

      it('has a fixture that passes, one that fails and one that is unknown', () => {
        const statuses = new Set(Object.values(cases).map((each) => each.expect.status));
        expect([...statuses]).toEqual(expect.arrayContaining(['pass', 'fail', 'unknown']));
      });

      it.each(Object.entries(cases))('says what it should: %s', async (_name, each) => {
        const verdict = await look(check.id, each);
        const { evidence, command, ...expected } = each.expect;
        if (command !== undefined) expect(verdict.command ?? null).toBe(command);
        expect({ severity: check.severity, points: 0, ...verdict }).toMatchObject(expected);
        const told = verdict.evidence.map(({ text, place }) => `${place ?? ''}: ${text}`);
        for (const text of evidence ?? []) expect(told).toContainEqual(expect.stringContaining(text));
        expect(verdict.points ?? 0).toBeGreaterThanOrEqual(0);
        expect(verdict.points ?? 0).toBeLessThanOrEqual(verdict.status === 'fail' ? check.weight - 1 : 10);
        if (verdict.status === 'pass' || verdict.status === 'fail') expect(verdict.evidence).not.toEqual([]);
      });

      it.each(['en', 'ja'] as const)('has words in %s for all it says', async (language) => {
        for (const part of ['title', 'why', 'fix'])
          expect(templateOf(words[language], `checks.${check.id}.${part}`), part).toBeTypeOf('string');
        for (const each of Object.values(cases)) {
          const { key, parameters } = wordsOf(check.id).found(await look(check.id, each));
          const template = templateOf(words[language], key);
          expect(template, key).toBeTypeOf('string');
          expect(Object.keys(parameters), key).toEqual(expect.arrayContaining(placesOf(template ?? '')));
        }
      });
    });
  }
});
