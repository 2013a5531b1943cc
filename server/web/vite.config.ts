import { copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build, defaultClientConditions, defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const libraries = {
  vega: ['vega/build/vega.min.js', 'vega-lite/build/vega-lite.min.js'],
  plotly: ['plotly.js-strict-dist-min/plotly-strict.min.js'],
};

/**
 * What draws charts inside their sandboxed frame: scripts of their own, not modules, because a frame without an origin may load no
 * modules. The libraries are copied as they come, already small. No page imports any of it, so no page grows by it.
 */
const chartFrames: Plugin = {
  name: 'chart-frames',
  async closeBundle() {
    const assets = here('../dist/web/assets');
    for (const [name, files] of Object.entries(libraries)) {
      for (const file of files) {
        await copyFile(here(`../../node_modules/${file}`), join(assets, basename(file)));
      }
      await build({
        configFile: false,
        logLevel: 'warn',
        build: {
          outDir: assets,
          emptyOutDir: false,
          target: 'es2022',
          lib: {
            entry: here(`src/charts/${name}-frame.ts`),
            formats: ['iife'],
            name: 'chart',
            fileName: () => `chart-${name}.js`,
          },
          rollupOptions: {
            external: ['vega', 'vega-lite', 'plotly.js-strict-dist-min'],
            output: {
              globals: { vega: 'vega', 'vega-lite': 'vegaLite', 'plotly.js-strict-dist-min': 'Plotly' },
            },
          },
        },
      });
    }
  },
};

/** Relative asset paths: with the `<base>` of index.html the pages work below any path. */
export default defineConfig({
  root: here('.'),
  base: './',
  plugins: [react(), chartFrames],
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: { outDir: here('../dist/web'), emptyOutDir: true, target: 'es2022', sourcemap: false, assetsInlineLimit: 0 },
});
