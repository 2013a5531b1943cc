import type { ReactNode } from 'react';
import { Gate } from '../shell/gate.js';

/** The page of staff who are not signed in. */
export function SignInFrame({ children }: { children: ReactNode }) {
  return <Gate says="Students need no account: they join from JupyterLab.">{children}</Gate>;
}
