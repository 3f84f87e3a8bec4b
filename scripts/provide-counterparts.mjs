/** Before CI's tests: the programs that Yagura is tried against, from Debian's packages; no service is started. */
import { runMain } from './lib/problem.mjs';
import { provideSystemPackages } from './lib/system-packages.mjs';

await runMain(async () => {
  await provideSystemPackages('counterparts');
  return 0;
});
