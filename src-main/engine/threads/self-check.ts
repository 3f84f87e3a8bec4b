import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { openAudit } from '../offline-audit.ts';
import { scanFile } from '../scan.ts';
import type { FromSelfCheck, SelfCheckData, SelfCheckTable } from '../self-check.ts';
import { checkIntegrity } from '../store/read/integrity.ts';

/*
 * What a diagnosis asks of Yagura itself and what takes seconds: reading databases through, and putting attacks of our
 * own making through the rules in force. Ends by itself; may be terminated at any time: it only reads.
 */

const { directory, resources, userRules } = workerData as SelfCheckData;

/** Types that the lines in resources/diagnosis are attacks of; the rules must find each. */
const KNOWN_ATTACKS = ['sqli', 'xss', 'path_traversal', 'cmdi', 'brute_force'];
/** Year of the stamps without one. */
const YEAR = 2026;

async function tryDetection(): Promise<SelfCheckTable['detection']> {
  const found = new Set<string>();
  for (const name of ['web-attacks.log', 'sign-in-attacks.log']) {
    for (const type of (await typesIn(name)).keys()) found.add(type);
  }
  const falseAlarms = [...(await typesIn('harmless.log'))].map(([type, line]) => `${type}: line ${line}`);
  return {
    found: KNOWN_ATTACKS.filter((type) => found.has(type)),
    missed: KNOWN_ATTACKS.filter((type) => !found.has(type)),
    falseAlarms,
  };
}

/** Types of attack found in one of our files, with the first line of each. */
async function typesIn(name: string): Promise<Map<string, number>> {
  const types = new Map<string, number>();
  const file = join(resources, 'diagnosis', name);
  for await (const item of scanFile(file, { resources, userRules, timeZone: 'UTC', year: YEAR })) {
    const found = item.kind === 'finding' ? [item.finding.type] : item.categories;
    for (const type of found) if (!types.has(type)) types.set(type, item.line);
  }
  return types;
}

async function verifyAudit(): Promise<SelfCheckTable['audit']> {
  const { verify, close } = openAudit(directory);
  try {
    return await verify([]);
  } finally {
    close();
  }
}

const tasks: { [Name in keyof SelfCheckTable]: () => Promise<SelfCheckTable[Name]> } = {
  audit: verifyAudit,
  integrity: () => Promise.resolve(checkIntegrity(directory)),
  detection: tryDetection,
};

async function tell(name: keyof SelfCheckTable): Promise<void> {
  let message: FromSelfCheck;
  try {
    const answer: Partial<SelfCheckTable> = { [name]: await tasks[name]() };
    message = { answer };
  } catch (error) {
    message = { failed: name, reason: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(message);
}

await tell('audit');
await tell('detection');
await tell('integrity');
