import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { TestRunner } from 'vitest';

/** Servers live where a user's PATH often does not lead. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/**
 * The path of a program that a test needs beside Yagura. Where it is missing the running test is skipped and says what to
 * install; in CI, where nobody reads that, the test fails. To be called inside of a test.
 * @param program as `rsyslogd`
 * @param debianPackage that brings it, as `rsyslog`; CI installs those that scripts/lib/system-packages.mjs lists
 */
export function requireProgram(program: string, debianPackage: string): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SYSTEM_FOLDERS];
  const path = folders.map((folder) => join(folder, program)).find(isExecutable);
  if (path !== undefined) return path;
  const sentence = `${program} is not installed: apt-get install ${debianPackage}`;
  if (!process.env['CI']) TestRunner.getCurrentTest()?.context.skip(sentence);
  throw new Error(sentence);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
