/**
 * A student's own page, `/me`: what is stored about me.
 *
 * States: `opening` (a link's code is being spent), `outside` (no token: the form, with what went wrong before), `inside` (a
 * token), `gone` (the lab, and all that was in it, was deleted or erased). Nothing of staff's pages is loaded here.
 */
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Failure } from '../api/request.js';
import { ToastPlace } from '../shell/toast.js';
import { Loading } from '../shell/states.js';
import '../styles/me.css';
import { EnterForm } from './enter-form.js';
import { OwnFrame } from './own-frame.js';
import { openPage, ownApi } from './own-api.js';
import { forgetToken, keepToken, keptToken, takeCode } from './own-token.js';
import { StoredPage } from './stored-page.js';

type State =
  | { kind: 'opening'; code: string }
  | { kind: 'outside'; says: string | null }
  | { kind: 'inside'; token: string }
  | { kind: 'gone'; says: string };

const first = (code: string | null): State => {
  const token = keptToken();
  if (code !== null) return { kind: 'opening', code };
  return token === null ? { kind: 'outside', says: null } : { kind: 'inside', token };
};

/** `code`: of the link that opened the page, already taken out of the address bar. */
export function MeApp({ code }: { code: string | null }) {
  const [state, setState] = useState<State>(() => first(code));
  // Both keep their identity, or the code of a link would be spent twice.
  const inside = useCallback((token: string): void => {
    keepToken(token);
    setState({ kind: 'inside', token });
  }, []);
  const notOpened = useCallback(({ code: why, message }: Failure): void => {
    setState(why === 'lab-deleted' ? { kind: 'gone', says: message } : { kind: 'outside', says: message });
  }, []);
  useEffect(() => {
    document.title = 'What is stored about me · nbpulse';
    // A link pasted into this tab changes the fragment only.
    const pasted = (): void => {
      const another = takeCode();
      if (another !== null) setState({ kind: 'opening', code: another });
    };
    addEventListener('hashchange', pasted);
    return () => removeEventListener('hashchange', pasted);
  }, []);

  switch (state.kind) {
    case 'opening':
      return <Opening key={state.code} code={state.code} onInside={inside} onFailed={notOpened} />;
    case 'outside':
      return <EnterForm says={state.says} onInside={inside} onGone={(says) => setState({ kind: 'gone', says })} />;
    case 'inside':
      return (
        <Inside
          key={state.token}
          token={state.token}
          onOutside={(says) => {
            forgetToken();
            setState({ kind: 'outside', says });
          }}
          onGone={(says) => {
            forgetToken();
            setState({ kind: 'gone', says });
          }}
        />
      );
    case 'gone':
      return (
        <OwnFrame>
          <main className="mid">
            <h1>Nothing is stored any more</h1>
            <p className="q2">{state.says}</p>
            <p className="q2">What you made is where you made it: in your notebook, on your computer.</p>
            <button type="button" className="btn" onClick={() => setState({ kind: 'outside', says: null })}>
              Another lab
            </button>
          </main>
        </OwnFrame>
      );
    default:
      return state satisfies never;
  }
}

function Opening(props: { code: string; onInside: (token: string) => void; onFailed: (failure: Failure) => void }) {
  const { code, onInside, onFailed } = props;
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let wanted = true;
    void openPage(code).then((answer) => {
      if (!wanted) return;
      if (answer.ok) onInside(answer.value.token);
      else if (answer.failure.code === 'unreachable' || answer.failure.code === 'too-fast') setFailure(answer.failure);
      else onFailed(answer.failure);
    });
    return () => {
      wanted = false;
    };
  }, [code, round, onInside, onFailed]);
  return (
    <OwnFrame>
      <main className="me-main">
        <h1>What is stored about me</h1>
        {failure ? (
          <div role="alert">
            <p className="q2" style={{ margin: '12px 0' }}>
              {failure.message} The link is not used up.
            </p>
            <button
              type="button"
              className="btn main"
              onClick={() => {
                setFailure(null);
                setRound(round + 1);
              }}
            >
              Try again
            </button>
          </div>
        ) : (
          <Loading words="Opening your page" lines={6} />
        )}
      </main>
    </OwnFrame>
  );
}

function Inside(props: { token: string; onOutside: (says: string | null) => void; onGone: (says: string) => void }) {
  const api = useMemo(() => ownApi(props.token), [props.token]);
  return (
    <ToastPlace>
      <StoredPage api={api} onOutside={props.onOutside} onGone={props.onGone} />
    </ToastPlace>
  );
}
