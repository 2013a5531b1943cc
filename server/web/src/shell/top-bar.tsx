import { useState, type ReactNode } from 'react';
import type { LabView } from '@nbpulse/schema/wire';
import { signOut } from '../api/labs.js';
import type { Route } from '../address.js';
import { Icon, Logo } from './icons.js';
import { KeysDialog } from './keys-dialog.js';
import { setKeysOn, useKeys, useKeysOn } from './keys.js';
import { Link } from './link.js';
import { Menu } from './menu.js';
import { courseOf, useSigned } from './session.js';
import { switchTheme } from './theme.js';

export type Tab = 'class' | 'questions' | 'students' | 'records' | 'grades';
const tabWords: Record<Tab, string> = {
  class: 'Class',
  questions: 'Questions',
  students: 'Students',
  records: 'Records',
  grades: 'Grades',
};

interface TopBarProps {
  lab?: LabView | undefined;
  /** The lab's id, known before the lab itself is. */
  labId?: string | undefined;
  tab?: Tab | undefined;
  /** Connection and clock. */
  children?: ReactNode;
}

export function TopBar({ lab, labId, tab, children }: TopBarProps) {
  const { view, signedOut } = useSigned();
  const [keys, setKeys] = useState(false);
  const keysOn = useKeysOn();
  const course = courseOf(view, lab?.course) ?? view.courses[0];
  useKeys({ '?': () => setKeys(true) });
  const leave = async (): Promise<void> => {
    await signOut();
    signedOut();
  };
  const route = (name: Tab, id: string): Route => ({ page: name, lab: id });
  return (
    <header className="top">
      <Link to={{ page: 'labs' }} className="brand" aria-label="nbpulse, all labs">
        <Logo />
        nbpulse
      </Link>
      <div className="crumb">
        <Link to={{ page: 'labs' }}>{course?.name ?? 'Labs'}</Link>
        {labId !== undefined && (
          <>
            <span aria-hidden="true">/</span>
            <b>{lab?.name ?? '…'}</b>
          </>
        )}
      </div>
      {labId !== undefined && (
        <nav className="tabs" aria-label="Lab">
          {(Object.keys(tabWords) as Tab[]).map((name) => (
            <Link key={name} to={route(name, labId)} aria-current={name === tab ? 'page' : undefined}>
              {tabWords[name]}
            </Link>
          ))}
        </nav>
      )}
      <span className="grow" />
      {children}
      <button type="button" className="btn quiet icon" onClick={switchTheme} aria-label="Switch light and dark">
        <Icon name="theme" />
      </button>
      <Menu
        className="btn quiet account"
        side="right"
        label={
          <>
            <span className="who-name">{view.user.name}</span>
            <Icon name="person" />
          </>
        }
        name={`Account of ${view.user.name}`}
        says={view.user.email}
        items={[
          { words: 'Keyboard shortcuts…', act: () => setKeys(true) },
          { words: keysOn ? 'Switch shortcuts off' : 'Switch shortcuts on', act: () => setKeysOn(!keysOn) },
          'rule',
          { words: 'Sign out', act: () => void leave() },
        ]}
      />
      {keys && <KeysDialog onClose={() => setKeys(false)} />}
    </header>
  );
}
