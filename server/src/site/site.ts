/** All that is no API: the pages of staff, the API's own page, and our wheel. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join, normalize, sep } from 'node:path';
import { Readable } from 'node:stream';
import { Hono } from 'hono';
import { problemResponse, refuse } from '../http/index.js';
import { sourceArchive } from './wheel-archive.js';

export interface SiteDeps {
  /** The built pages. */
  webFolder: string;
  wheel: string | null;
  /** The path below which the server stands, `/` or `/nbpulse/`. */
  basePath: string;
}

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.map': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.whl': 'application/octet-stream',
};

/** Pages load nothing from elsewhere; frames hold only our own sandboxed renderings. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self' ws: wss:",
  "frame-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join('; ');

const pageHeaders = {
  'content-security-policy': pagePolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

export function siteApp({ webFolder, wheel, basePath }: SiteDeps): Hono {
  const app = new Hono();
  const swaggerFolder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

  const sendFile = async (folder: string, name: string, cacheControl: string): Promise<Response | null> => {
    const path = normalize(join(folder, name));
    if (!path.startsWith(folder + sep)) return null;
    const found = await stat(path).catch(() => null);
    if (!found?.isFile()) return null;
    return new Response(Readable.toWeb(createReadStream(path)) as ReadableStream, {
      headers: {
        ...pageHeaders,
        'content-type': contentTypes[extname(path)] ?? 'application/octet-stream',
        'content-length': String(found.size),
        'cache-control': cacheControl,
      },
    });
  };

  const notThere = (what: string) => problemResponse(refuse(404, 'not-found', what));

  app.get('/wheel', async () => {
    const bytes = wheel === null ? null : await readFile(wheel).catch(() => null);
    if (wheel === null || bytes === null) {
      return notThere('This server has no wheel of its own. Install from PyPI: pip install nbpulse');
    }
    const archive = sourceArchive(basename(wheel), bytes);
    return new Response(archive.bytes, {
      headers: {
        'content-type': 'application/gzip',
        'content-disposition': `attachment; filename="${archive.name}"`,
        link: `<${basePath}wheel/${encodeURIComponent(basename(wheel))}>; rel="alternate"`,
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
      },
    });
  });
  app.get('/wheel/:file', async (context) => {
    if (wheel === null || context.req.param('file') !== basename(wheel)) {
      return notThere(`There is no such wheel here. The present one is at ${basePath}wheel`);
    }
    return (
      (await sendFile(dirname(wheel), basename(wheel), 'no-cache')) ?? notThere('The wheel is gone. Build it anew.')
    );
  });

  app.get('/api/docs', () => {
    const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>nbpulse API</title><base href="${escapeAttribute(basePath)}api/docs/"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="swagger-ui.css"></head><body><div id="swagger-ui"></div><script src="swagger-ui-bundle.js"></script><script src="start.js"></script></body></html>`;
    return new Response(html, {
      headers: { ...pageHeaders, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
    });
  });
  app.get('/api/docs/start.js', () => {
    const script = "SwaggerUIBundle({ url: '../v1/openapi.json', dom_id: '#swagger-ui', deepLinking: true });";
    return new Response(script, {
      headers: { ...pageHeaders, 'content-type': 'text/javascript', 'cache-control': 'no-cache' },
    });
  });
  app.get('/api/docs/:file{swagger-ui(-bundle)?\\.(js|css)}', async (context) => {
    const file = await sendFile(swaggerFolder, context.req.param('file'), 'public, max-age=86400');
    return file ?? notThere('The API’s page is not installed here. Read /api/v1/openapi.json instead.');
  });
  app.all('/api/*', (context) =>
    notThere(`There is nothing at ${context.req.path.slice(0, 200)}. The API is described at ${basePath}api/docs`),
  );

  app.get('/assets/*', async (context) => {
    const name = decoded(context.req.path.slice(1));
    const file = name === null ? null : await sendFile(webFolder, name, 'public, max-age=31536000, immutable');
    return file ?? notThere('This file of the pages is gone: the server was updated. Load the page again.');
  });
  // Every other address is a page of the single-page app.
  app.get('*', async (context) => {
    const name = context.req.path.slice(1);
    if (/^[\w.-]+\.\w+$/.test(name) && name !== 'index.html') {
      const file = await sendFile(webFolder, name, 'no-cache');
      return file ?? notThere(`There is no file ${name} here.`);
    }
    const html = await readFile(join(webFolder, 'index.html'), 'utf8').catch(() => null);
    if (html === null) {
      return new Response('The pages of this server are not built. Build them: npm run build\n', {
        status: 503,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      });
    }
    const placed = html.replace(/<base href="[^"]*"\s*\/?>/, `<base href="${escapeAttribute(basePath)}" />`);
    return new Response(placed, {
      headers: { ...pageHeaders, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
    });
  });
  return app;
}

/** Null when the percent signs in it stand for no text. */
function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

const escapeAttribute = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
