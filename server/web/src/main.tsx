import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import { App } from './app.js';
import { restoreTheme } from './shell/theme.js';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';

// The pages' security policy forbids making code from text, which zod would do to be faster.
z.config({ jitless: true });
restoreTheme();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(<App />);
