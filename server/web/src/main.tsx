import './live/early-state.js';
import './jitless.js';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/states.css';
import './styles/shell.css';
import { createRoot, type Root } from 'react-dom/client';
import { pagePath, routeOf } from './address.js';
import { takeCode } from './me/own-token.js';
import { reloadWhenPartsAreGone } from './shell/build.js';
import { restoreTheme } from './shell/theme.js';

restoreTheme();
reloadWhenPartsAreGone();
const place = document.getElementById('root');
if (!place) throw new Error('index.html has no element with the id "root"');
const root = createRoot(place);

/** Two programs stand at one address: staff's pages, and a student's own page, which loads none of them. */
async function draw(root: Root): Promise<void> {
  if (routeOf(pagePath()).page === 'me') {
    const code = takeCode();
    const { MeApp } = await import('./me/me-app.js');
    root.render(<MeApp code={code} />);
    return;
  }
  const { App } = await import('./app.js');
  root.render(<App />);
}
void draw(root);
