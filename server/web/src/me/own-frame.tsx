import type { ReactNode } from 'react';
import { Icon, Logo } from '../shell/icons.js';
import { switchTheme } from '../shell/theme.js';

/** The bar above a student's own page: no account, no other page to go to. */
export function OwnFrame({ where, children }: { where?: string; children: ReactNode }) {
  return (
    <div className="frame">
      <header className="top me-top">
        <span className="brand">
          <Logo />
          nbpulse
        </span>
        {where !== undefined && <span className="crumb cut">{where}</span>}
        <span className="grow" />
        <button type="button" className="btn quiet icon" onClick={switchTheme} aria-label="Switch light and dark">
          <Icon name="theme" />
        </button>
      </header>
      {children}
    </div>
  );
}
