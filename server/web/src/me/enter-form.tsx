import { useState, type FormEvent } from 'react';
import { joinCode, personName } from '@nbpulse/schema/wire';
import { Field } from '../shell/field.js';
import { Gate } from '../shell/gate.js';
import { comeBack } from './own-api.js';

interface EnterFormProps {
  /** Why the last way in did not work, or that the person has left. */
  says: string | null;
  onInside: (token: string) => void;
  onGone: (says: string) => void;
}

/** Back in without the notebook: the lab's join code, the name, and the return code that only this student and the teacher know. */
export function EnterForm({ says, onInside, onGone }: EnterFormProps) {
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const [returnCode, setReturnCode] = useState('');
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const [lab, who] = [joinCode.safeParse(code), personName.safeParse(name)];
    const missing: Record<string, string> = {};
    if (!lab.success) missing['code'] = sentence(lab.error.issues[0]?.message ?? 'type the join code');
    if (!who.success) missing['name'] = sentence(who.error.issues[0]?.message ?? 'type your name');
    // Without it, joining would make a new participant, about whom nothing is stored.
    if (returnCode.trim() === '') missing['returnCode'] = 'Type your return code; it stands in the notebook’s panel.';
    setWrong(missing);
    if (!lab.success || !who.success || returnCode.trim() === '') return;
    setBusy(true);
    const answer = await comeBack({ code: lab.data, name: who.data, returnCode: returnCode.trim() });
    setBusy(false);
    if (answer.ok) {
      onInside(answer.value.token);
      return;
    }
    const { failure } = answer;
    if (failure.code === 'lab-deleted') onGone(failure.message);
    else if (failure.fields && Object.keys(failure.fields).length > 0) setWrong(failure.fields);
    else
      setWrong({
        [failure.code === 'wrong-return-code' || failure.code === 'too-fast' ? 'returnCode' : 'code']: failure.message,
      });
  };
  return (
    <Gate says="It stays open in this tab only.">
      <h1>What is stored about me</h1>
      {says === null ? (
        <p className="q2 intro">
          Quickest from the notebook: nbpulse’s panel, “What is stored about me”. Or with your codes:
        </p>
      ) : (
        <p className="q2 intro" role="alert">
          {says}
        </p>
      )}
      <form noValidate onSubmit={(event) => void submit(event)}>
        <Field
          label="Join code of the lab"
          className="mono"
          autoComplete="off"
          autoCapitalize="characters"
          placeholder="KMNS-42QX"
          value={code}
          wrong={wrong['code']}
          onChange={(event) => setCode(event.target.value)}
        />
        <Field
          label="Your name, as you joined"
          autoComplete="name"
          value={name}
          wrong={wrong['name']}
          onChange={(event) => setName(event.target.value)}
        />
        <Field
          label="Your return code"
          className="mono"
          autoComplete="off"
          autoCapitalize="characters"
          placeholder="7KQM-P2XA"
          value={returnCode}
          wrong={wrong['returnCode']}
          hint="In the notebook’s panel, under “What is stored about me”; your teacher can read it out, too."
          onChange={(event) => setReturnCode(event.target.value)}
        />
        <button className="btn main" type="submit" disabled={busy}>
          {busy ? 'Opening' : 'Show what is stored'}
        </button>
      </form>
    </Gate>
  );
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
