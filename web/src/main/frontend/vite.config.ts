import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Tells the browser about the one font before it has read the CSS, so that text is not drawn twice. */
function preloadFont(): Plugin {
  return {
    name: 'preload-font',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        return Object.keys(bundle ?? {})
          .filter((file) => file.endsWith('.woff2'))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${file}`, crossorigin: true },
            injectTo: 'head' as const,
          }));
      },
    },
  };
}

const platform = process.env['WOLVERINE_DEV_URL'] ?? 'http://127.0.0.1:18080';

export default defineConfig({
  plugins: [svelte(), svelteTesting({ autoCleanup: false }), preloadFont()],
  build: {
    outDir: '../../../target/classes/dashboard',
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    // Everything is a file of our own origin: the Content-Security-Policy allows no data: fonts or scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    // The Host header stays the browser's: the platform compares it with the Origin.
    proxy: {
      '/api': { target: platform, changeOrigin: false },
      '/ws': { target: platform, ws: true, changeOrigin: false },
    },
  },
  test: {
    include: ['test/unit/**/*.test.ts', 'test/component/**/*.test.ts'],
    // Tests of components ask for happy-dom in their first line.
    environment: 'node',
    // A zone with an odd offset, so that a test that leans on the machine's zone fails here too.
    env: { TZ: 'Asia/Kathmandu' },
  },
});
