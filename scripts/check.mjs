/** `npm run check`: what to run before every commit. Stops at the first thing that is wrong. */
import './lib/node-version.mjs';
import { reportPath, runChecks, vitestArguments } from './lib/checks.mjs';
import { bootstrap } from './bootstrap.mjs';
import { runMain } from './lib/problem.mjs';
import { handOver, withOwnPrograms } from './lib/processes.mjs';
import { ownNode, root } from './lib/project.mjs';
import { say, seconds } from './lib/steps.mjs';
import { readRun, summaryLine, verdict } from './lib/test-report.mjs';

await runMain(async () => {
  const start = performance.now();
  await bootstrap();
  const checks = await runChecks({ stopAtFirst: true });
  if (checks.some(({ code }) => code !== 0)) return 1;
  const args = await vitestArguments('unit', process.argv.slice(2));
  const code = await handOver(ownNode(), args, { cwd: root, env: withOwnPrograms(root) });
  const counts = await readRun(reportPath('unit'), code);
  say(`${seconds(start)}: ${summaryLine(counts)}`);
  return code === 0 ? verdict(counts, { ci: Boolean(process.env['CI']) }) : 1;
});
