import vue from '@vitejs/plugin-vue';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { FAKE_NOW } from '../fake-data.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A made-up desktop and hour; the hour must hold before any module reads the clock. */
function fakeMachine(): Plugin {
  return {
    name: 'fake-machine',
    transformIndexHtml: () => [
      {
        tag: 'script',
        children: `Date.now = () => Math.round(${FAKE_NOW} + performance.now());`,
        injectTo: 'head-prepend',
      },
      {
        tag: 'script',
        attrs: { type: 'module', src: `/@fs${at('./start.ts')}` },
        injectTo: 'head',
      },
    ],
  };
}

/** The window in an ordinary browser, on made-up data: to look at screens without a machine that has the trouble. */
export default defineConfig({
  root: at('../../../src-renderer'),
  publicDir: false,
  plugins: [fakeMachine(), vue()],
  cacheDir: at('../../../.cache/preview'),
  server: { port: 5199, strictPort: true, host: '127.0.0.1', fs: { strict: false } },
});
