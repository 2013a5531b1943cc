/**
 * The page of a chart that a student sent as data: for `<iframe sandbox="allow-scripts">`, safe when opened directly too. The only
 * scripts that run are ours, named by a nonce; the student's JSON stands in a data block, which no browser runs.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { decodeText, type Value } from '@nbpulse/schema/wire';

type Rich = Extract<Value, { t: 'rich' }>;
type Drawer = 'plotly' | 'vega';

/** Which of our scripts draws this MIME type; null when it is no chart. */
export function drawerOf(mime: string): Drawer | null {
  if (mime === 'application/vnd.plotly.v1+json') return 'plotly';
  return /^application\/vnd\.vega(lite)?\.v\d{1,2}(\.\d+)*\+json$/.test(mime) ? 'vega' : null;
}

/** Before our own script of that name: the libraries it draws with, as the build lays them beside it. */
const libraries: Record<Drawer, { name: string; file: string }[]> = {
  plotly: [{ name: 'plotly.js-strict-dist-min', file: 'plotly-strict.min.js' }],
  vega: [
    { name: 'vega', file: 'vega.min.js' },
    { name: 'vega-lite', file: 'vega-lite.min.js' },
  ],
};
const { resolve } = createRequire(import.meta.url);
const versions = new Map<string, string>();
/** Files are kept for good under their address, so the address names their version. Packages do not export their package.json. */
function versionOf(name: string): string {
  const known = versions.get(name);
  if (known !== undefined) return known;
  const file = (resolve.paths(name) ?? []).map((folder) => join(folder, name, 'package.json')).find(existsSync);
  const version = file === undefined ? '0' : (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  versions.set(name, version);
  return version;
}
/** To be raised with each change of server/web/src/charts. */
const ownVersion = '1';

export function chartResponse(value: Rich, drawer: Drawer, basePath: string): Response {
  const nonce = randomBytes(18).toString('base64');
  const words = escapeHtml(value.alt ?? value.cls);
  const kind = value.mime.includes('vegalite') ? 'vega-lite' : drawer;
  const scripts = [
    ...libraries[drawer].map(({ name, file }) => `${file}?v=${versionOf(name)}`),
    `chart-${drawer}.js?v=${ownVersion}`,
  ].map((file) => `<script nonce="${nonce}" src="${escapeHtml(`${basePath}assets/${file}`)}"></script>`);
  const html =
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${words}</title><style>${style}</style></head>` +
    `<body data-kind="${kind}"><div id="chart" role="img" aria-label="${words}"></div>` +
    `<script type="application/json" id="spec">${inScript(decodeText(value.data))}</script>` +
    `${scripts.join('')}</body></html>`;
  return new Response(html, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `sandbox allow-scripts; default-src 'none'; script-src 'nonce-${nonce}'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`,
      'x-content-type-options': 'nosniff',
      // A nonce is for one answer.
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
  });
}

const style =
  'html,body{margin:0;height:100%;background:#fff;color:#111;font:13px/1.45 system-ui,sans-serif}#chart{min-height:100%;overflow:auto}' +
  '[data-kind=plotly] #chart{height:100%}';

/** JSON that cannot end its script block, nor begin a comment in it. */
const inScript = (json: string): string => json.replace(/</g, '\\u003C');

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${String(char.charCodeAt(0))};`);
