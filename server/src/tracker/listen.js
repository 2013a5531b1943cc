/**
 * Runs in the notebook's page, shown there by `npt_init_pusher()`: listens for messages of the teacher and shows each in a box at
 * the right until it is closed. `window._npt_server_url`, `_npt_all_channel` and `_npt_own_channel` are set before it.
 *
 * A message may be formatted, but its text comes over the network into a page that can run code on the student's computer: only
 * plain formatting and links are taken from it, everything else becomes text.
 */
(() => {
  'use strict';
  const server = String(window._npt_server_url || '');
  const channels = [window._npt_all_channel, window._npt_own_channel].filter((one) => /^[0-9a-f]{32}$/.test(one));
  if (!/^https?:\/\//.test(server) || channels.length === 0) return;
  const key = `${server} ${channels.join(' ')}`;
  const open = (window._npt_listening = window._npt_listening || new Map());
  const tryAgainAfterMs = 30000;

  const formatting = new Set('A B I EM STRONG CODE PRE BR P UL OL LI SPAN DIV SUB SUP'.split(' '));
  const colours = { success: '#2e7d32', info: '#1565c0', warning: '#b26a00', error: '#b3261e' };

  /** Copies what is plain formatting out of a document that runs nothing. */
  function copySafe(from, to) {
    for (const node of from.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) to.append(node.textContent);
      if (node.nodeType !== Node.ELEMENT_NODE || /^(SCRIPT|STYLE|TEMPLATE)$/.test(node.tagName)) continue;
      const copy = formatting.has(node.tagName) ? to.appendChild(document.createElement(node.tagName)) : to;
      if (node.tagName === 'A' && /^https?:\/\//i.test(node.getAttribute('href') || '')) {
        Object.assign(copy, { href: node.getAttribute('href'), target: '_blank', rel: 'noopener noreferrer' });
      }
      copySafe(node, copy);
    }
    return to;
  }
  const formatted = (html, element) =>
    copySafe(new DOMParser().parseFromString(String(html), 'text/html').body, element);

  function element(tag, style, className) {
    const made = document.createElement(tag);
    made.style.cssText = style;
    if (className) made.className = className;
    return made;
  }

  function container() {
    const known = document.getElementById('vanillatoasts-container');
    if (known) return known;
    const made = element(
      'div',
      'position:fixed;top:12px;right:12px;z-index:100000;display:flex;flex-direction:column;gap:8px;align-items:flex-end;width:90%;max-height:90vh;overflow:auto;pointer-events:none',
    );
    made.id = 'vanillatoasts-container';
    made.setAttribute('role', 'log');
    made.setAttribute('aria-label', 'Messages from your teacher');
    return document.body.appendChild(made);
  }

  function show({ title, body, code, type, timeout }) {
    const colour = colours[type] || colours.info;
    const toast = element(
      'div',
      `pointer-events:auto;box-sizing:border-box;width:30%;min-width:280px;max-width:100%;background:var(--jp-layout-color1,#fff);color:var(--jp-ui-font-color1,#1b1b1b);border-left:6px solid ${colour};border-radius:4px;box-shadow:0 4px 16px rgb(0 0 0 / 35%);padding:12px 14px;font:14px/1.45 system-ui,sans-serif;overflow-wrap:anywhere`,
      `vanillatoasts-toast vanillatoasts-${type in colours ? type : 'info'}`,
    );
    toast.setAttribute('role', 'status');
    if (title) {
      const head = element('h4', 'margin:0 0 6px;font-size:15px;font-weight:600', 'vanillatoasts-title');
      toast.append(formatted(title, head));
    }
    const text = element('div', 'margin:0 0 8px', 'vanillatoasts-text');
    if (body) toast.append(formatted(body, text));
    if (code) {
      const block = element(
        'pre',
        'margin:0 0 8px;padding:8px;background:var(--jp-layout-color2,#f3f4f6);color:inherit;border-radius:4px;overflow:auto;max-height:50vh;font:13px/1.4 ui-monospace,monospace;white-space:pre',
        'vanillatoasts-code',
      );
      block.tabIndex = 0;
      block.textContent = code;
      toast.append(block);
    }
    const row = element('div', 'display:flex;gap:6px;justify-content:flex-end', 'vanillatoasts-buttons-container');
    const button = (label, press) => {
      const made = element(
        'button',
        'font:inherit;min-height:28px;padding:2px 10px;border:1px solid #8a8a8a;border-radius:4px;background:transparent;color:inherit;cursor:pointer',
      );
      made.type = 'button';
      made.textContent = label;
      made.onclick = () => press(made);
      row.append(made);
    };
    button('Enlarge', (made) => {
      const large = toast.style.width === '90%';
      toast.style.width = large ? '30%' : '90%';
      made.textContent = large ? 'Enlarge' : 'Reduce';
    });
    button('Copy text', (made) => {
      const copied = [text.textContent, code].filter(Boolean).join('\n');
      const done = (how) => () => (made.textContent = how);
      Promise.resolve()
        .then(() => navigator.clipboard.writeText(copied))
        .then(done('Copied'), done('Copy it by hand'));
    });
    button('Close', () => toast.remove());
    toast.append(row);
    container().append(toast);
    if (timeout > 0) setTimeout(() => toast.remove(), timeout);
  }

  function listen() {
    if (open.get(key) !== token) return;
    const query = channels.map((channel) => `channel=${channel}`).join('&');
    const source = new EventSource(`${server.replace(/\/?$/, '/')}get-pushes?${query}`);
    token.source = source;
    source.addEventListener('message', ({ data }) => {
      try {
        show(JSON.parse(data));
      } catch {
        // it is no message of ours
      }
    });
    // The browser connects again by itself, but not when the session is not there (yet).
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, tryAgainAfterMs);
    };
  }

  const token = { source: null };
  const former = open.get(key);
  open.set(key, token);
  if (former && former.source) former.source.close();
  listen();
})();
