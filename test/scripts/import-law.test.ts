import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import config from '../../.dependency-cruiser.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

const reportSchema = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

/** Packages as a checkout has them, empty. */
const PACKAGES: Record<string, string> = {
  'node_modules/zod/package.json': '{"name":"zod","version":"1.0.0","main":"index.js"}',
  'node_modules/zod/index.js': 'module.exports = {};',
  'node_modules/@orpc/contract/package.json': '{"name":"@orpc/contract","version":"1.0.0","main":"index.js"}',
  'node_modules/@orpc/contract/index.js': 'module.exports = {};',
  'node_modules/electron/package.json': '{"name":"electron","version":"1.0.0","main":"index.js"}',
  'node_modules/electron/index.js': 'module.exports = {};',
  'package.json': '{"type":"module","dependencies":{"zod":"1","@orpc/contract":"1","electron":"1"}}',
};

const imports = (...paths: string[]): string =>
  [...paths.map((path) => `import '${path}';`), 'export const a = 1;', 'export type T = number;', ''].join(
    '\n',
  );

const vue = (path: string): string =>
  `<script setup lang="ts">\n${imports(path)}</script>\n<template><i /></template>\n`;

/** A small product that keeps the law. */
const LAWFUL: Record<string, string> = {
  'src-preload/contract/index.ts': imports('zod', '@orpc/contract', './limits.ts'),
  'src-preload/contract/limits.ts': imports('./errors.ts'),
  'src-preload/contract/errors.ts': imports(),
  'src-preload/index.ts': imports('electron', './contract/limits.ts'),
  'src-main/engine/flow/clock.ts': imports(),
  'src-main/engine/store/types.ts': imports('../flow/clock.ts'),
  'src-main/engine/store/store.ts': imports('./types.ts', 'node:fs'),
  'src-main/engine/parse/parse.ts': imports('../flow/clock.ts', '../store/types.ts', './formats/json.ts'),
  'src-main/engine/parse/formats/json.ts': imports('../../../../src-preload/contract/index.ts'),
  'src-main/engine/detect/rules.ts': imports('../flow/clock.ts'),
  'src-main/engine/api/api.ts': imports('../store/store.ts', '../detect/rules.ts'),
  'src-main/engine/threads/line-worker.ts': imports('../parse/parse.ts', '../detect/rules.ts'),
  'src-main/engine/engine.ts': imports('./parse/parse.ts', './api/api.ts', './store/store.ts'),
  'src-main/engine/index.ts': imports('./engine.ts'),
  'src-main/cli/index.ts': imports('../engine/engine.ts', '../../src-preload/contract/index.ts'),
  'src-main/app/index.ts': imports('electron', './windows.ts', 'node:path'),
  'src-main/app/windows.ts': imports('../../src-preload/contract/index.ts'),
  'src-renderer/bridge/client.ts':
    "import type { T } from '../../src-preload/contract/index.ts';\nimport '../../src-preload/contract/limits.ts';\nexport type U = T;\n",
  'src-renderer/ui/Badge.vue': vue('./shape.ts'),
  'src-renderer/ui/shape.ts': imports(),
  'src-renderer/views/logs/View.vue': `<script setup lang="ts">
import type { T } from '../../../src-preload/contract/index.ts';
import Badge from '../../ui/Badge.vue';
import './rows.ts';
import '../../bridge/client.ts';
const size: T = 1;
</script>
<template><Badge :size="size" /></template>
`,
  'src-renderer/views/logs/rows.ts': imports(),
  'src-renderer/views/alerts/View.vue': vue('../../ui/shape.ts'),
  'src-renderer/router.ts': imports('./views/logs/View.vue', './views/alerts/View.vue'),
};

/** One broken file for each way to break a rule: rule, file, import. */
const BROKEN: readonly (readonly [rule: string, file: string, imported: string])[] = [
  ['no-circular', 'src-main/engine/flow/loop-a.ts', './loop-b.ts'],
  ['no-unresolvable', 'src-main/engine/flow/typo.ts', './nowhere.ts'],
  ['no-test-code-in-product', 'src-main/app/test-help.ts', '../../test/help.ts'],
  ['contract-is-pure', 'src-preload/contract/uses-engine.ts', '../../src-main/engine/flow/clock.ts'],
  ['contract-is-pure', 'src-preload/contract/uses-node.ts', 'node:fs'],
  ['contract-is-pure', 'src-preload/contract/uses-electron.ts', 'electron'],
  ['contract-limits-are-zod-free', 'src-preload/contract/limits.ts', 'zod'],
  ['contract-limits-import-only-their-kind', 'src-preload/contract/errors.ts', './index.ts'],
  ['step-knows-no-sibling', 'src-main/engine/parse/peeks.ts', '../detect/rules.ts'],
  ['step-knows-no-sibling', 'src-main/engine/alert/writes.ts', '../store/store.ts'],
  ['flow-knows-no-step', 'src-main/engine/flow/peeks.ts', '../parse/parse.ts'],
  ['no-step-imports-the-composition', 'src-main/engine/detect/up.ts', '../engine.ts'],
  ['no-step-imports-the-composition', 'src-main/engine/store/thread.ts', '../threads/line-worker.ts'],
  ['engine-knows-no-face', 'src-main/engine/wants-window.ts', '../app/windows.ts'],
  ['wire-knows-no-end', 'src-main/wire/knows-engine.ts', '../engine/engine.ts'],
  ['app-runs-no-engine-code', 'src-main/app/inline-engine.ts', '../engine/engine.ts'],
  ['app-runs-no-engine-code', 'src-main/app/inline-flow.ts', '../engine/flow/clock.ts'],
  ['cli-uses-the-composition-only', 'src-main/cli/deep.ts', '../engine/store/store.ts'],
  ['only-the-shell-knows-electron', 'src-main/engine/tray.ts', 'electron'],
  ['only-the-shell-knows-electron', 'src-main/cli/tray.ts', 'electron'],
  ['only-the-shell-knows-electron', 'src-renderer/tray.ts', 'electron'],
  ['preload-knows-the-contract-only', 'src-preload/index.ts', 'node:fs'],
  ['renderer-uses-no-node', 'src-renderer/reads-files.ts', 'node:fs'],
  ['renderer-uses-no-node', 'src-renderer/views/alerts/Files.vue', 'node:fs'],
  ['renderer-uses-no-schemas', 'src-renderer/checks.ts', 'zod'],
  ['renderer-uses-no-schemas', 'src-renderer/views/alerts/Checks.vue', 'zod'],
  ['renderer-sees-the-contract-only', 'src-renderer/deep.ts', '../src-main/engine/flow/clock.ts'],
  [
    'renderer-takes-types-from-the-contract',
    'src-renderer/bridge/loads.ts',
    '../../src-preload/contract/index.ts',
  ],
  ['view-knows-no-other-view', 'src-renderer/views/alerts/Peek.vue', '../logs/View.vue'],
  ['view-knows-no-other-view', 'src-renderer/views/alerts/peek.ts', '../logs/rows.ts'],
  ['ui-knows-no-view', 'src-renderer/ui/peek.ts', '../views/logs/rows.ts'],
];

const HELPERS: Record<string, string> = {
  'src-main/engine/flow/loop-b.ts': imports('./loop-a.ts'),
  'test/help.ts': imports(),
};

async function violationsOf(directory: string, files: Record<string, string>): Promise<string[]> {
  for (const [path, text] of Object.entries({ ...PACKAGES, ...files })) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  await cp(join(root, 'tsconfig.base.json'), join(directory, 'tsconfig.base.json'));
  const sources = ['src-main', 'src-preload', 'src-renderer'];
  const { stdout } = await promisify(execFile)(
    join(root, 'node_modules/.bin/depcruise'),
    ['--config', join(root, '.dependency-cruiser.mjs'), '--output-type', 'json', ...sources],
    { cwd: directory, maxBuffer: 64 * 1024 * 1024 },
  ).catch((failure: unknown) => z.object({ stdout: z.string() }).parse(failure)); // violations set the exit code
  return reportSchema
    .parse(JSON.parse(stdout))
    .summary.violations.map((violation) => `${violation.rule.name}: ${violation.from}`);
}

describe('import law', () => {
  let directory = '';
  let found: string[] = [];
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'yagura-import-law-'));
    const broken: Record<string, string> = { ...LAWFUL, ...HELPERS };
    for (const [, file, imported] of BROKEN)
      broken[file] = file.endsWith('.vue') ? vue(imported) : imports(imported);
    found = await violationsOf(join(directory, 'broken'), broken);
  }, 30_000);
  afterAll(async () => rm(directory, { recursive: true, force: true }));

  test('a product that keeps the law passes', { timeout: 30_000 }, async () => {
    expect(await violationsOf(join(directory, 'lawful'), LAWFUL)).toEqual([]);
  });

  test.each(BROKEN)('%s is reported for %s importing %s', (rule, file) => {
    expect(found).toContain(`${rule}: ${file}`);
  });

  test('every rule has a case that breaks it', () => {
    const names = (config.forbidden ?? []).map((rule) => rule.name);
    expect(new Set(BROKEN.map(([rule]) => rule))).toEqual(new Set(names));
  });
});
