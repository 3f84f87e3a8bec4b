import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Check, CheckVerdict, MetricReadings } from '../../../src-main/engine/diagnose/check.ts';
import { hostChecks } from '../../../src-main/engine/diagnose/checks/index.ts';
import { COMMON_UNKNOWN } from '../../../src-main/engine/diagnose/verdict.ts';
import { readWords } from '../../../src-main/locale-files.ts';
import { SEVERITIES } from '../../../src-preload/contract/shared.ts';
import { templateOf } from '../../../src-preload/contract/words.ts';
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
  evidence: z.array(z.string()).optional(),
  command: z.string().optional(),
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
      expect: expectationSchema,
    }),
  ),
});
type Case = z.output<typeof fixtureSchema>['cases'][string];

const folders = { linux: 'linux', win32: 'windows', darwin: 'macos' } as const;
const resources = fileURLToPath(new URL('../../../resources', import.meta.url));
const words = { en: readWords(resources, 'en'), ja: readWords(resources, 'ja') };

function fixtureFile(platform: keyof typeof folders, id: string): string {
  return fileURLToPath(new URL(`fixtures/${folders[platform]}/${id}.yaml`, import.meta.url));
}

async function look(
  check: Check,
  platform: keyof typeof folders,
  { recording, readings }: Case,
): Promise<CheckVerdict> {
  const host = new RecordedProbe({ ...recording, platform });
  const metrics: MetricReadings = { over: (metric) => readings[metric] ?? [] };
  return check.look(host, metrics);
}

/** What a template asks to be filled in. */
function placesOf(template: string): string[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
}

describe.each(['linux', 'win32', 'darwin'] as const)('Checks of %s', (platform) => {
  const checks = hostChecks[platform];

  it('have ids of their own', () => {
    const ids = checks.map((check) => check.id);
    expect(ids).toEqual([...new Set(ids)]);
    for (const id of ids) expect(id).toMatch(/^[A-Z]{2,4}-\d{2}$/);
  });

  it('have no fixtures left over', () => {
    const folder = fileURLToPath(new URL(`fixtures/${folders[platform]}`, import.meta.url));
    const files = existsSync(folder) ? readdirSync(folder) : [];
    const known = new Set(checks.map((check) => `${check.id}.yaml`));
    expect(files.filter((file) => file.endsWith('.yaml') && !known.has(file))).toEqual([]);
  });

  for (const check of checks) {
    describe(check.id, () => {
      const { cases } = fixtureSchema.parse(parse(readFileSync(fixtureFile(platform, check.id), 'utf8')));

      it('has a fixture that passes, one that fails and one that is unknown', () => {
        const statuses = new Set(Object.values(cases).map((each) => each.expect.status));
        expect([...statuses]).toEqual(expect.arrayContaining(['pass', 'fail', 'unknown']));
      });

      it.each(Object.entries(cases))('says what it should: %s', async (_name, each) => {
        const verdict = await look(check, platform, each);
        const { evidence, ...expected } = each.expect;
        expect(verdict).toMatchObject(expected);
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
          const verdict = await look(check, platform, each);
          const found = foundKey(check.id, verdict);
          const template = templateOf(words[language], found);
          expect(template, found).toBeTypeOf('string');
          expect(Object.keys(verdict.parameters ?? {}), found).toEqual(
            expect.arrayContaining(placesOf(template ?? '')),
          );
        }
      });
    });
  }
});

function foundKey(id: string, verdict: CheckVerdict): string {
  if (verdict.status === 'unknown' && COMMON_UNKNOWN.includes(verdict.found ?? ''))
    return `diagnose.unknown.${verdict.found}`;
  if (verdict.status === 'notApplicable' && verdict.found === undefined) return 'diagnose.notApplicable';
  return `checks.${id}.found.${verdict.found ?? verdict.status}`;
}
