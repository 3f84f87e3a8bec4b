import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeBuiltRules } from './src-main/engine/detect/intrusion/built-rules.ts';
import { readRuleTexts } from './src-main/engine/detect/intrusion/rules.ts';

const root = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * What the runtimes really have, not what the newest Electron has: the oldest one supported is
 * Electron 33 (Chromium 130, Node 20.18). Targets lower syntax only; which APIs exist is up to
 * `lib` in the tsconfigs.
 */
const NODE_TARGET = 'node20.18';
const CHROMIUM_TARGET = 'chrome130';

/** Output name → source. Thread files lie beside the engine in both places, so `./threads/x` finds them. */
const mainEntries = {
  app: 'src-main/app/index.ts',
  engine: 'src-main/engine/index.ts',
  cli: 'src-main/cli/index.ts',
  'threads/line-worker': 'src-main/engine/threads/line-worker.ts',
  'threads/log-writer': 'src-main/engine/threads/log-writer.ts',
  'threads/reader': 'src-main/engine/threads/reader.ts',
  'threads/report-writer': 'src-main/engine/threads/report-writer.ts',
  'threads/self-check': 'src-main/engine/threads/self-check.ts',
};

const sources = (entries: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, root(path)]));

/** Embedded in reports; read from beside the program, since packages are not shipped. */
const reportFonts = [
  'noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf',
  'noto-sans-jp/600SemiBold/NotoSansJP_600SemiBold.ttf',
  'noto-sans-mono/400Regular/NotoSansMono_400Regular.ttf',
].map((file) => root(`node_modules/@expo-google-fonts/${file}`));

const copyFonts: Plugin = {
  name: 'copy-report-fonts',
  generateBundle() {
    for (const file of reportFonts)
      this.emitFile({ type: 'asset', fileName: `fonts/${basename(file)}`, source: readFileSync(file) });
  },
};

/** Read from YAML once, here, and not at every start. */
const readOwnRules: Plugin = {
  name: 'read-own-rules',
  generateBundle() {
    const { texts } = readRuleTexts(root('resources/rules'), 'built-in');
    this.emitFile({ type: 'asset', fileName: 'rules.json', source: writeBuiltRules(texts) });
  },
};

/** fflate has a `require` of its own at its top level, where electron-vite declares one too: a chunk can have but one. */
const renameOwnRequire: Plugin = {
  name: 'rename-own-require',
  transform(code, id) {
    if (!id.endsWith('/fflate/esm/index.mjs')) return null;
    return {
      code: code.replaceAll(
        /(?<![\w'"])require(?= = createRequire|\('worker_threads'\), Worker)/g,
        'ownRequire',
      ),
      map: null,
    };
  },
};

/**
 * Our commands are all in this program: commander starts no others. And to import node's process as a module opens the three
 * standard streams. Both take a fifth of what node itself needs to start.
 */
const lightenCommander: Plugin = {
  name: 'lighten-commander',
  transform(code, id) {
    if (!id.replaceAll('\\', '/').endsWith('/commander/lib/command.js')) return null;
    return {
      code: code
        .replace("import childProcess from 'node:child_process';", 'const childProcess = undefined;')
        .replace("import process from 'node:process';", ''),
      map: null,
    };
  },
};

/** Names the packages that went into the build, for their licences to be shipped (scripts/lib/licences.mjs). */
const namePackages = (part: string): Plugin => ({
  name: 'name-packages',
  generateBundle() {
    const names = [...this.getModuleIds()].flatMap((id) => {
      const inside = id.replaceAll('\\', '/').split('/node_modules/').at(-1);
      return inside === undefined || inside === id
        ? []
        : [/^(@[^/]+\/)?[^/?]+/.exec(inside)?.[0] ?? []].flat();
    });
    mkdirSync(root('out/third-party'), { recursive: true });
    writeFileSync(root(`out/third-party/${part}.json`), JSON.stringify([...new Set(names)].sort()));
  },
});

export default defineConfig({
  main: {
    plugins: [copyFonts, readOwnRules, renameOwnRequire, lightenCommander, namePackages('main')],
    build: {
      target: NODE_TARGET,
      outDir: root('out/main'),
      minify: false,
      sourcemap: true,
      // Everything is bundled except what has a native part: packing takes seconds and 1.4 MB instead of 140.
      externalizeDeps: { include: ['better-sqlite3'] },
      rolldownOptions: {
        input: sources(mainEntries),
        // ws tries these native helpers and does without them.
        external: ['bufferutil', 'utf-8-validate'],
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    plugins: [namePackages('preload')],
    build: {
      target: NODE_TARGET,
      outDir: root('out/preload'),
      sourcemap: false,
      // A sandboxed preload script can require nothing but electron: one file, CommonJS.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: root('src-preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: root('src-renderer'),
    publicDir: false,
    plugins: [vue(), namePackages('renderer')],
    build: {
      target: CHROMIUM_TARGET,
      outDir: root('out/renderer'),
      minify: true,
      cssMinify: true,
      sourcemap: false,
      // Fonts and images stay files: a data: address would need a hole in the content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      // Read from the disk beside it, not over a network.
      chunkSizeWarningLimit: 2_000,
      rolldownOptions: { input: { index: root('src-renderer/index.html') } },
    },
  },
});
