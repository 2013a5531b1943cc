import { showJoinCode } from '@nbpulse/schema/wire';
import { useToast } from '../shell/toast.js';
import { useSetStatus } from './class-toolbar.js';
import { copyText } from '../shell/copy-text.js';
import { useLab, useModel } from './lab-context.js';

/** Nobody has joined: the join code, large, and what happens next. */
export function EmptyClass() {
  const { teacher, time } = useLab();
  const lab = useModel((model) => model.lab);
  const setStatus = useSetStatus();
  const toast = useToast();
  const code = showJoinCode(lab.joinCode.replace('-', ''));
  if (lab.erasedAt !== null)
    return (
      <div className="mid" style={{ minHeight: '60vh' }}>
        <b>Nobody is named here any more</b>
        <p className="q2">
          This lab’s records, notebooks and names were erased on {time.date(Date.parse(lab.erasedAt))}, as its students
          were told when they joined.
        </p>
      </div>
    );
  return (
    <div className="mid" style={{ minHeight: '60vh' }}>
      <span className="q2">Join code</span>
      <span className="code48">{code}</span>
      <p className="q2">
        {lab.status === 'open'
          ? 'Students open the notebook and press Join. They appear here by themselves.'
          : lab.status === 'draft'
            ? 'This lab is a draft. Students can join once it is open.'
            : 'This lab is closed and nobody had joined it.'}
      </p>
      <div className="row">
        {lab.status !== 'open' && teacher && (
          <button type="button" className="btn main" onClick={() => setStatus('open')}>
            Open the lab
          </button>
        )}
        <button
          type="button"
          className="btn"
          onClick={() =>
            void copyText(code).then((copied) =>
              toast({ words: copied ? `${code} is copied.` : `The code is ${code}.` }),
            )
          }
        >
          Copy the code
        </button>
      </div>
    </div>
  );
}
