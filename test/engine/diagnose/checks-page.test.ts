import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import type { Check } from '../../../src-main/engine/diagnose/check.ts';
import { hostChecks } from '../../../src-main/engine/diagnose/checks/index.ts';
import { readWords } from '../../../src-main/locale-files.ts';
import { CHECK_SUBJECTS } from '../../../src-preload/contract/diagnosis.ts';
import { templateOf } from '../../../src-preload/contract/words.ts';

const PAGE = fileURLToPath(new URL('../../../docs/checks.md', import.meta.url));
const words = readWords(fileURLToPath(new URL('../../../resources', import.meta.url)), 'en');

const HEAD = `# Checks of the diagnosis on Linux

Kept true by \`test/engine/diagnose/checks-page.test.ts\`; after a change write it anew with
\`npx vitest run --project node test/engine/diagnose/checks-page.test.ts -u\`.

A check gives its points to one of two scores: points × 100 / the weights of all checks that ran. What can't be seen is
unknown and not scored; what a machine does not have is not applicable. \`yagura diagnose\` shows the evidence of each.
`;

function rowOf(check: Check): string {
  const title = templateOf(words, `checks.${check.id}.title`) ?? '';
  return `| ${check.id} | ${title} | ${check.weight} | ${check.severity} | ${check.references.join('; ')} |`;
}

function sections(checks: readonly Check[]): string {
  return CHECK_SUBJECTS.flatMap((subject) => {
    const rows = checks.filter((check) => check.subject === subject).sort((a, b) => (a.id < b.id ? -1 : 1));
    if (rows.length === 0) return [];
    const heading = templateOf(words, `diagnose.subject.${subject}`) ?? subject;
    const table = ['| Check | What it looks at | Weight | At worst | References |', '| - | - | -: | - | - |'];
    return [`\n## ${heading}\n\n${[...table, ...rows.map(rowOf)].join('\n')}\n`];
  }).join('');
}

it('The page of checks names every check of Linux as it is', async () => {
  const options = { ...(await resolveConfig(PAGE)), parser: 'markdown' };
  const page = await format(`${HEAD}${sections(hostChecks.linux)}`, options);
  await expect(page).toMatchFileSnapshot(PAGE);
});
