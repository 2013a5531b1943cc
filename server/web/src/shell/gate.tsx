import type { ReactNode } from 'react';
import '../styles/sign-in.css';
import { Icon, Logo } from './icons.js';
import { switchTheme } from './theme.js';

/** The quiet page before anyone is inside: a box, and one sentence below it. */
export function Gate({ children, says }: { children: ReactNode; says: string }) {
  return (
    <div className="gate">
      <header>
        <span className="grow" />
        <button type="button" className="btn quiet icon" onClick={switchTheme} aria-label="Switch light and dark">
          <Icon name="theme" />
        </button>
      </header>
      <main>
        <div className="box">
          <div className="lg">
            <Logo width={44} />
          </div>
          {children}
        </div>
      </main>
      <footer className="q3 sm">
        <span>nbpulse</span>
        <span>{says}</span>
      </footer>
    </div>
  );
}
