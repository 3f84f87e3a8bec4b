import vue from '@vitejs/plugin-vue';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { FAKE_NOW } from '../fake-data.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Puts the fake engine where the bridge would reach for the real one. */
function fakeBridge(): Plugin {
  return {
    name: 'fake-bridge',
    enforce: 'pre',
    resolveId(source, importer) {
      const name =
        /bridge\/(client|desktop)\.ts$/.exec(source)?.[1] ?? /^\.\/(client|desktop)\.ts$/.exec(source)?.[1];
      if (name === undefined || importer === undefined) return undefined;
      const inBridge = importer.includes('/src-renderer/bridge/');
      return source.includes('bridge/') || inBridge ? at(`./fake-${name}.ts`) : undefined;
    },
  };
}

/** The made-up data has its own hour; it must hold before any module reads the clock. */
function fakeClock(): Plugin {
  const children = `Date.now = () => Math.round(${FAKE_NOW} + performance.now());`;
  return {
    name: 'fake-clock',
    transformIndexHtml: () => [{ tag: 'script', children, injectTo: 'head-prepend' }],
  };
}

/** The window in an ordinary browser, on made-up data: to look at screens without a machine that has the trouble. */
export default defineConfig({
  root: at('../../../src-renderer'),
  publicDir: false,
  plugins: [fakeClock(), fakeBridge(), vue()],
  cacheDir: at('../../../.cache/preview'),
  server: { port: 5199, strictPort: true, host: '127.0.0.1', fs: { strict: false } },
});
