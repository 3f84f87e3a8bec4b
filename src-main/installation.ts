import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReportFonts } from './engine/report/pdf/printable.ts';

/** Where the program's own files lie, and which version they are. */
export interface Installation {
  version: string;
  resources: string;
  threads: { lineWorker: string; logWriter: string; reader: string; reportWriter: string; selfCheck: string };
  /** Our detection rules as the build has read them; undefined from the sources. */
  builtRules: string | undefined;
  /** Embedded in reports. */
  fonts: ReportFonts;
  /** Settings given by IT; need not exist. */
  managedSettings: string;
}

/**
 * Finds them from an entry file's `import.meta.url`: run from the sources (`src-main/cli/index.ts`) or built
 * (`out/main/cli.js`), both lie two folders below the root.
 */
export function findInstallation(entryUrl: string): Installation {
  const root = (path: string): string => fileURLToPath(new URL(path, entryUrl));
  const fromSources = entryUrl.endsWith('.ts');
  const thread = (name: string): string =>
    fromSources ? root(`../engine/threads/${name}.ts`) : root(`./threads/${name}.js`);
  const font = (name: string, weight: string, file: string): string =>
    fromSources
      ? root(`../../node_modules/@expo-google-fonts/${name}/${weight}/${file}`)
      : root(`./fonts/${file}`);
  return {
    version: versionOf(readFileSync(root('../../package.json'), 'utf8')),
    resources: root('../../resources'),
    threads: {
      lineWorker: thread('line-worker'),
      logWriter: thread('log-writer'),
      reader: thread('reader'),
      reportWriter: thread('report-writer'),
      selfCheck: thread('self-check'),
    },
    builtRules: fromSources ? undefined : root('./rules.json'),
    fonts: {
      regular: font('noto-sans-jp', '400Regular', 'NotoSansJP_400Regular.ttf'),
      bold: font('noto-sans-jp', '600SemiBold', 'NotoSansJP_600SemiBold.ttf'),
      code: font('noto-sans-mono', '400Regular', 'NotoSansMono_400Regular.ttf'),
    },
    managedSettings: managedSettings(process.platform, process.env),
  };
}

function versionOf(packageFile: string): string {
  const content: unknown = JSON.parse(packageFile);
  const version =
    typeof content === 'object' && content !== null && 'version' in content ? content.version : undefined;
  if (typeof version !== 'string') throw new TypeError('package.json names no version');
  return version;
}

function managedSettings(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): string {
  if (platform === 'win32')
    return join(environment['ProgramData'] ?? 'C:\\ProgramData', 'Yagura', 'settings.yaml');
  if (platform === 'darwin') return '/Library/Application Support/Yagura/settings.yaml';
  return '/etc/yagura/settings.yaml';
}
