/** A one-time link: the first account of a server, an invitation, or a new password. The token is in the fragment, so it reaches no log. */
import { useEffect, useState, type FormEvent } from 'react';
import { linkSignIn, type LinkView } from '@nbpulse/schema/wire';
import { go } from '../address.js';
import { readLink, spendLink } from '../api/labs.js';
import type { Failure } from '../api/request.js';
import { Field } from '../shell/field.js';
import { Loading } from '../shell/states.js';
import { SignInFrame } from './sign-in-frame.js';

const leastChars = 12;
const zones = ((): string[] => {
  try {
    return Intl.supportedValuesOf('timeZone');
  } catch {
    return [];
  }
})();
const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const intros: Record<LinkView['kind'], { title: string; words: string; button: string }> = {
  first: {
    title: 'Welcome',
    words: 'This link works once. Say who you are and choose a password; you run this server.',
    button: 'Set password and begin',
  },
  invite: {
    title: 'Welcome',
    words: 'This link works once. Say who you are and choose a password.',
    button: 'Set password and begin',
  },
  reset: { title: 'New password', words: 'This link works once. Choose a new password.', button: 'Set password' },
};

export function LinkPage({ onSignedIn }: { onSignedIn: () => Promise<void> }) {
  const [token] = useState(() => location.hash.slice(1));
  const [link, setLink] = useState<LinkView | null>(null);
  const [failure, setFailure] = useState<Failure | null>(
    token === ''
      ? {
          code: 'link-used',
          status: 410,
          message: 'This address has no link in it. Copy the whole address, up to its last character.',
        }
      : null,
  );
  useEffect(() => {
    document.title = 'Welcome · nbpulse';
    if (token === '') return;
    let wanted = true;
    void readLink(token).then((answer) => {
      if (!wanted) return;
      if (answer.ok) setLink(answer.value);
      else setFailure(answer.failure);
    });
    return () => {
      wanted = false;
    };
  }, [token]);

  if (failure && !link)
    return (
      <SignInFrame>
        <h1>
          {failure.code === 'link-used' || failure.status === 410
            ? 'This link does not work any more'
            : 'This link could not be read'}
        </h1>
        <p className="q2 intro" role="alert">
          {failure.message}
        </p>
        <p className="q2 sm intro">
          Whoever runs this server gets another one with <code>nbpulse staff link EMAIL</code>. If you have set a
          password already, sign in with it.
        </p>
        <button type="button" className="btn main" onClick={() => go({ page: 'sign-in' })}>
          To sign in
        </button>
      </SignInFrame>
    );
  return (
    <SignInFrame>
      {link ? <LinkForm token={token} link={link} onSignedIn={onSignedIn} /> : <Loading words="Loading" lines={5} />}
    </SignInFrame>
  );
}

function LinkForm({ token, link, onSignedIn }: { token: string; link: LinkView; onSignedIn: () => Promise<void> }) {
  const known = link.kind === 'invite' && link.account;
  const intro = known
    ? {
        title: `Join ${link.course?.name ?? 'the course'}`,
        words: 'You have an account on this server. Its password takes you in.',
        button: 'Sign in and join',
      }
    : intros[link.kind];
  const asksName = link.kind !== 'reset' && !known;
  const [name, setName] = useState('');
  const [email, setEmail] = useState(link.email ?? '');
  const [password, setPassword] = useState('');
  const [course, setCourse] = useState(link.course?.name ?? '');
  const [timeZone, setTimeZone] = useState(ownZone);
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const parsed = linkSignIn.safeParse({
      // An account that is there already keeps its name.
      name: asksName ? name : email.split('@')[0],
      email: email.trim(),
      password,
      ...(link.kind === 'first' ? { course: { name: course, timeZone } } : {}),
    });
    if (!parsed.success) {
      const words: Record<string, string> = {};
      for (const issue of parsed.error.issues)
        words[issue.path.join('.')] ??= wordsFor(issue.path.join('.'), issue.message);
      setWrong(words);
      return;
    }
    setBusy(true);
    setWrong({});
    const answer = await spendLink(token, parsed.data);
    if (answer.ok) {
      go({ page: 'labs' }, 'replace');
      await onSignedIn();
      return;
    }
    setBusy(false);
    const { fields, message } = answer.failure;
    setWrong(fields && Object.keys(fields).length > 0 ? fields : { password: message });
  };

  const steps = Math.min(4, Math.floor((password.length / leastChars) * 3) + (password.length >= 18 ? 1 : 0));
  return (
    <>
      <h1>{intro.title}</h1>
      <p className="q2 intro">{intro.words}</p>
      <form noValidate onSubmit={(event) => void submit(event)}>
        {asksName && (
          <Field
            label="Your name, as students will see it"
            autoComplete="name"
            value={name}
            wrong={wrong['name']}
            onChange={(event) => setName(event.target.value)}
          />
        )}
        <Field
          label="E-mail"
          type="email"
          autoComplete="username"
          value={email}
          wrong={wrong['email']}
          readOnly={link.kind === 'reset' || known}
          onChange={(event) => setEmail(event.target.value)}
        />
        <Field
          label={known ? 'Your password' : `Password, ${String(leastChars)} characters or more`}
          type="password"
          autoComplete={known ? 'current-password' : 'new-password'}
          value={password}
          wrong={wrong['password']}
          hint={
            known ? undefined : (
              <div className="meter" aria-hidden="true">
                {[1, 2, 3, 4].map((step) => (
                  <i key={step} className={step <= steps ? 'on' : ''} />
                ))}
              </div>
            )
          }
          onChange={(event) => setPassword(event.target.value)}
        />
        {link.kind === 'first' && (
          <>
            <Field
              label="Name of your course"
              placeholder="Machine Learning I"
              value={course}
              wrong={wrong['course.name'] ?? wrong['course']}
              onChange={(event) => setCourse(event.target.value)}
            />
            <Field
              label="Its time zone"
              list="zones"
              value={timeZone}
              wrong={wrong['course.timeZone']}
              onChange={(event) => setTimeZone(event.target.value)}
            />
            <datalist id="zones">
              {zones.map((zone) => (
                <option key={zone} value={zone} />
              ))}
            </datalist>
          </>
        )}
        <button className="btn main" type="submit" disabled={busy}>
          {busy ? 'One moment' : intro.button}
        </button>
      </form>
    </>
  );
}

function wordsFor(field: string, message: string): string {
  if (field === 'name') return 'Type your name.';
  if (field === 'email') return 'Type an e-mail address, like ada@example.org.';
  if (field === 'course.name') return 'Give your course a name; you can change it later.';
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}
