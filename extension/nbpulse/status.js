/** The widget of `nbpulse.status()`. Texts come from a server and from students: they go in as text, never as HTML. */
const style = `
.nbpulse-status { color-scheme: light dark; box-sizing: border-box; display: inline-flex; gap: 0.6em; align-items: baseline;
  max-width: 100%; padding: 0.5em 0.8em; font: 14px/1.45 system-ui, sans-serif; overflow-wrap: anywhere;
  color: var(--nbp-ink); background: var(--nbp-paper); border: 1px solid var(--nbp-line); border-radius: 6px;
  --nbp-ink: #1c2329; --nbp-quiet: #53606b; --nbp-paper: #ffffff; --nbp-line: #c9d1d8; --nbp-dot: #1a7f45; }
.nbpulse-status.is-dark { --nbp-ink: #e8ecef; --nbp-quiet: #aab5be; --nbp-paper: #1d2328; --nbp-line: #46525c; --nbp-dot: #4fc07f; }
.nbpulse-status p { margin: 0; }
.nbpulse-status .nbp-more { color: var(--nbp-quiet); font-size: 12.5px; }
.nbpulse-status .nbp-dot { flex: none; width: 0.65em; height: 0.65em; border-radius: 50%; border: 2px solid var(--nbp-dot);
  background: var(--nbp-dot); }
.nbpulse-status[data-state='queued'] { --nbp-dot: #2a6fd1; }
.nbpulse-status.is-dark[data-state='queued'] { --nbp-dot: #7fb0f5; }
.nbpulse-status[data-state='offline'], .nbpulse-status[data-state='unconnected'] { --nbp-dot: #a85b00; }
.nbpulse-status.is-dark[data-state='offline'], .nbpulse-status.is-dark[data-state='unconnected'] { --nbp-dot: #f0a54a; }
.nbpulse-status[data-state='off'] { --nbp-dot: #6b7780; }
.nbpulse-status[data-state='queued'] .nbp-dot, .nbpulse-status[data-state='off'] .nbp-dot { background: transparent; }
`;

/** Dark where the text around the widget is light: front ends have themes of their own, which the system's need not match. */
function isDark(el) {
  const [red = 0, green = 0, blue = 0] = (getComputedStyle(el).color.match(/[\d.]+/g) ?? []).map(Number);
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140;
}

function line(text, className) {
  const paragraph = document.createElement('p');
  paragraph.className = className;
  paragraph.textContent = text;
  return paragraph;
}

function render({ model, el }) {
  const sheet = document.createElement('style');
  sheet.textContent = style;
  const box = document.createElement('div');
  box.className = 'nbpulse-status';
  box.setAttribute('role', 'status');
  box.setAttribute('aria-label', 'nbpulse');
  const dot = document.createElement('span');
  dot.className = 'nbp-dot';
  dot.setAttribute('aria-hidden', 'true');
  const words = document.createElement('div');
  box.append(dot, words);
  el.append(sheet, box);

  const dress = () => box.classList.toggle('is-dark', isDark(el));
  const show = () => {
    const { state = '', text = '', place = '', lines = [] } = model.get('standing') ?? {};
    box.dataset.state = String(state);
    dress();
    words.replaceChildren(line(String(text), 'nbp-text'));
    for (const more of [place, ...lines]) if (more) words.append(line(String(more), 'nbp-more'));
  };
  model.on('change:standing', show);
  // A front end says that its theme changes, and loads the new colours after that.
  const themes = new MutationObserver(() => [0, 300, 1500].forEach((ms) => setTimeout(dress, ms)));
  for (const part of [document.documentElement, document.body]) themes.observe(part, { attributes: true });
  requestAnimationFrame(show);
  show();
  const askMs = model.get('ask_ms');
  const timer = askMs > 0 ? setInterval(() => model.send({ type: 'look' }), askMs) : undefined;
  return () => {
    clearInterval(timer);
    themes.disconnect();
    model.off('change:standing', show);
  };
}

export default { render };
