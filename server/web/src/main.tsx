import './jitless.js';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/states.css';
import './styles/shell.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { restoreTheme } from './shell/theme.js';

restoreTheme();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(<App />);
