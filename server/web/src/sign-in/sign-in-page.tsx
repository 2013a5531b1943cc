import { useEffect, useState, type FormEvent } from 'react';
import { signIn } from '../api/labs.js';
import { Field } from '../shell/field.js';
import { SignInFrame } from './sign-in-frame.js';

export function SignInPage({ onSignedIn }: { onSignedIn: () => Promise<void> }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [forgot, setForgot] = useState(false);
  useEffect(() => {
    document.title = 'Sign in · nbpulse';
  }, []);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setWrong(undefined);
    const answer = await signIn(email.trim(), password);
    if (answer.ok) await onSignedIn();
    else setWrong(answer.failure.message);
    setBusy(false);
  };
  return (
    <SignInFrame>
      <h1>Sign in</h1>
      <p className="q2 intro">For teachers and assistants.</p>
      <form onSubmit={(event) => void submit(event)}>
        <Field
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <Field
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          wrong={wrong}
          onChange={(event) => setPassword(event.target.value)}
        />
        <button className="btn main" type="submit" disabled={busy}>
          {busy ? 'Signing in' : 'Sign in'}
        </button>
      </form>
      <p className="sm" style={{ marginTop: 16 }}>
        <button
          type="button"
          className="btn quiet small"
          style={{ marginLeft: -8 }}
          aria-expanded={forgot}
          onClick={() => setForgot(!forgot)}
        >
          Forgot the password
        </button>
      </p>
      {forgot && (
        <p className="q2 sm">
          Whoever runs this server can make you a one-time link: <code>nbpulse staff link EMAIL</code>
        </p>
      )}
    </SignInFrame>
  );
}
