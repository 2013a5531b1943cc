/** Who to talk to: errors that many share, then single students with the reason in words. Only what records can tell. */
import { count } from '../shell/time.js';
import { Icon } from '../shell/icons.js';
import { Link } from '../shell/link.js';
import { useInsight, useLab, useModel } from './lab-context.js';

const mostShared = 4;
const mostNeeds = 6;

/** `onClose` where it is a drawer over the page. */
export function Rail({ onClose }: { onClose?: (() => void) | undefined }) {
  const { session } = useLab();
  const lab = useModel((model) => model.lab);
  const someone = useModel((model) => model.members.length > 0);
  const { needs, shared, presence } = useInsight();
  const nothing = needs.length === 0 && shared.length === 0;
  return (
    <aside className="rail" id="rail" aria-label="Who to talk to">
      {onClose && (
        <button type="button" className="btn quiet icon drawer-close" aria-label="Close" autoFocus onClick={onClose}>
          <Icon name="x" />
        </button>
      )}
      {shared.length > 0 && (
        <section aria-labelledby="rail-shared">
          <h2 id="rail-shared">
            Shared errors <span>{shared.length}</span>
          </h2>
          <ul>
            {shared.slice(0, mostShared).map((one) => (
              <li className="item" key={`${one.question} ${one.summary}`}>
                <Link className="qk" to={{ page: 'question', lab: session.lab, question: one.question }}>
                  {one.question}
                </Link>
                <Link className="who" to={{ page: 'question', lab: session.lab, question: one.question }}>
                  {one.participants.length} have the same error
                </Link>
                <span />
                <span className="why mono">{one.summary}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {needs.length > 0 && (
        <section aria-labelledby="rail-needs">
          <h2 id="rail-needs">
            Needs help{' '}
            <span>{needs.length > mostNeeds ? `${String(mostNeeds)} of ${String(needs.length)}` : 'ranked'}</span>
          </h2>
          <ol>
            {needs.slice(0, mostNeeds).map((need) => (
              <li className="item" key={need.participant}>
                {need.question === null ? (
                  <span className="qk">–</span>
                ) : (
                  <Link className="qk" to={{ page: 'question', lab: session.lab, question: need.question }}>
                    {need.question}
                  </Link>
                )}
                <Link className="who" to={{ page: 'student', lab: session.lab, participant: need.participant }}>
                  {need.name}
                </Link>
                <span />
                <span className="why">
                  <b>{need.strong}</b>
                  {need.rest}
                </span>
              </li>
            ))}
          </ol>
        </section>
      )}
      {nothing && (
        <section aria-labelledby="rail-calm">
          <h2 id="rail-calm">{lab.status === 'open' ? 'Nobody stands out' : 'The lab is not open'}</h2>
          <p className="q2 sm pad">
            {lab.status === 'open'
              ? 'Errors in a row, long silence and errors that three or more share appear here, with the reason.'
              : 'While it is open, this is who may need a visit.'}
          </p>
        </section>
      )}
      {someone && (presence.offline > 0 || presence.waiting > 0) && (
        <section aria-labelledby="rail-presence">
          <h2 id="rail-presence">Connection</h2>
          <p className="q2 sm pad">
            {presence.offline > 0 && `${count(presence.offline, 'student')} offline. `}
            {presence.waiting > 0 &&
              `${count(presence.waiting, 'record')} ${presence.waiting === 1 ? 'waits' : 'wait'} with ${count(presence.waitingWith, 'student')}; nothing is lost.`}
          </p>
        </section>
      )}
    </aside>
  );
}
