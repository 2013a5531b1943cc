import { describe, expect, it } from 'vitest';
import type { Value } from '@nbpulse/schema/wire';
import { drawerOf } from './chart-page.js';
import { renderResponse } from './hostile-content.js';

const chart = (mime: string, data: string, alt?: string): Extract<Value, { t: 'rich' }> => ({
  t: 'rich',
  cls: 'Chart',
  mime,
  data: { v: data },
  alt,
});
const plotly = 'application/vnd.plotly.v1+json';

describe('the page of a chart', () => {
  it('is for plotly and for Vega of any version, and for nothing that only looks like it', () => {
    expect(drawerOf(plotly)).toBe('plotly');
    expect(drawerOf('application/vnd.vegalite.v5.20.1+json')).toBe('vega');
    expect(drawerOf('application/vnd.vega.v6+json')).toBe('vega');
    for (const mime of ['text/html', `${plotly}; x`, 'application/vnd.vegalite.v5+json"', 'application/json'])
      expect(drawerOf(mime)).toBeNull();
  });

  it('runs our scripts only, named by a nonce of this answer, in an origin of its own, without network', async () => {
    const [one, other] = [
      renderResponse(chart(plotly, '{}'), '/class/'),
      renderResponse(chart(plotly, '{}'), '/class/'),
    ];
    const policy = one.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^sandbox allow-scripts; default-src 'none'; script-src 'nonce-[\w+/]{24}'; /);
    expect(policy).not.toMatch(/script-src[^;]*unsafe|unsafe-eval|allow-same-origin|connect-src|https?:/);
    expect(other.headers.get('content-security-policy')).not.toBe(policy);
    expect(one.headers.get('cache-control')).toBe('no-store');
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    const html = await one.text();
    const scripts = [...html.matchAll(/<script nonce="([^"]+)" src="([^"]+)">/g)];
    expect(scripts.map((script) => script[1])).toEqual([nonce, nonce]);
    expect(scripts.map((script) => script[2]?.split('?')[0])).toEqual([
      '/class/assets/plotly-strict.min.js',
      '/class/assets/chart-plotly.js',
    ]);
  });

  it('names the versions of its scripts, which browsers keep', async () => {
    const vega = await renderResponse(chart('application/vnd.vegalite.v6+json', '{}'), '/').text();
    expect([...vega.matchAll(/src="([^"]+)"/g)].map((script) => script[1])).toEqual([
      expect.stringMatching(/^\/assets\/vega\.min\.js\?v=6\.\d+\.\d+$/),
      expect.stringMatching(/^\/assets\/vega-lite\.min\.js\?v=6\.\d+\.\d+$/),
      expect.stringMatching(/^\/assets\/chart-vega\.js\?v=\d+$/),
    ]);
  });

  it('holds what a student sent as data and words, never as markup', async () => {
    const data = JSON.stringify({ title: '</script><script>alert(1)</script><!--' });
    const html = await renderResponse(chart(plotly, data, '"><script>alert(2)</script>'), '/').text();
    expect(html.match(/<script/g)).toHaveLength(3); // the data, and ours twice
    expect(html).not.toContain('<!--');
    const block = /<script type="application\/json" id="spec">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
    expect(JSON.parse(block)).toEqual(JSON.parse(data));
  });
});
