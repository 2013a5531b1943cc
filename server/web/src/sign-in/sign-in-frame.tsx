import type { ReactNode } from 'react';
import '../styles/sign-in.css';
import { Icon, Logo } from '../shell/icons.js';
import { switchTheme } from '../shell/theme.js';

/** The quiet page before anyone is signed in. */
export function SignInFrame({ children }: { children: ReactNode }) {
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
        <span>Students need no account: they join from JupyterLab.</span>
      </footer>
    </div>
  );
}
