import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { componentCheckSchema, type ComponentPreset } from '../../../../src-preload/contract/diagnosis.ts';

const presetSchema = z.strictObject({
  id: z.string().regex(/^[a-z-]+$/),
  /** Names in both languages: they become the user's own text once taken over. */
  checks: z.array(z.looseObject({ name: z.strictObject({ en: z.string(), ja: z.string() }) })).min(1),
});

/**
 * Ready-made component checks, every `*.yaml` of a folder. Words: `diagnose.preset.<id>.title`, `.description`.
 * @param folder resources/components
 * @throws when one of our own files is wrong: a test reads them all
 */
export function loadPresets(folder: string, language: 'en' | 'ja'): ComponentPreset[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => {
      const { id, checks } = presetSchema.parse(parse(readFileSync(join(folder, name), 'utf8')));
      return {
        id,
        title: { key: `diagnose.preset.${id}.title`, parameters: {} },
        description: { key: `diagnose.preset.${id}.description`, parameters: {} },
        checks: checks.map((check) => componentCheckSchema.parse({ ...check, name: check.name[language] })),
      };
    });
}
