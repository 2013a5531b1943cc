/**
 * Bytes and markup that students made, served so that they can do no harm, opened directly too: an origin of their own (`sandbox`),
 * no network, no guessing of types.
 */
import { createHash } from 'node:crypto';
import { decodeText, type Value } from '@nbpulse/schema/wire';
import { chartResponse, drawerOf } from './chart-page.js';

/** A picture never changes under its name, so a browser need not ask again. */
export function pictureResponse(bytes: Uint8Array<ArrayBuffer>, mime: string): Response {
  return new Response(bytes, {
    headers: {
      'content-type': mime,
      'content-length': String(bytes.byteLength),
      'cache-control': 'private, max-age=31536000, immutable',
      'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-site',
    },
  });
}

/** A page for the frame `<iframe sandbox="allow-scripts">`. `basePath`: below which the server stands, `/` or `/nbpulse/`. */
export function renderResponse(value: Extract<Value, { t: 'rich' }>, basePath: string): Response {
  const drawer = drawerOf(value.mime);
  if (drawer) return chartResponse(value, drawer, basePath);
  const content = decodeText(value.data);
  const isMarkup = value.mime === 'text/html' || value.mime === 'image/svg+xml';
  const body = isMarkup ? content : `<pre>${escapeHtml(content)}</pre>`;
  const html = `<!doctype html><meta charset="utf-8"><base target="_blank"><style>${frameStyle}</style><body>${body}</body>`;
  return new Response(html, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
      'cache-control': 'private, max-age=3600',
      etag: `"${createHash('sha256').update(html).digest('hex').slice(0, 32)}"`,
      'referrer-policy': 'no-referrer',
    },
  });
}

const frameStyle =
  'body{margin:0;font:13px/1.45 system-ui,sans-serif;background:#fff;color:#111;overflow:auto}' +
  'table{border-collapse:collapse}td,th{padding:2px 8px;text-align:right;border-bottom:1px solid #ddd}pre{margin:0;white-space:pre-wrap}';

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${String(char.charCodeAt(0))};`);
