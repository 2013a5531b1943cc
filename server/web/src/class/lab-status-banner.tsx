import { count } from '../shell/time.js';
import { useSetStatus } from './class-toolbar.js';
import { useInsight, useLab, useModel } from './lab-context.js';

/** A closed lab says so calmly, with what still waits on students' side. */
export function LabStatusBanner() {
  const { time, teacher } = useLab();
  const lab = useModel((model) => model.lab);
  const someone = useModel((model) => model.members.length > 0);
  const { presence } = useInsight();
  const setStatus = useSetStatus();
  if (lab.erasedAt !== null)
    return (
      <div className="banner calm">
        <span className="dot-closed" />
        <b>Erased on {time.date(Date.parse(lab.erasedAt))}</b>
        <span className="q2">Records, notebooks and names went on the lab’s erase date. Its questions are left.</span>
      </div>
    );
  if (lab.status === 'open' || !someone) return null;
  return (
    <div className="banner calm">
      <span className={`dot-${lab.status}`} />
      <b>
        {lab.status === 'closed'
          ? `Closed${lab.closedAt === null ? '' : ` ${time.full(Date.parse(lab.closedAt))}`}`
          : 'Draft: students cannot send yet'}
      </b>
      {presence.waiting > 0 && (
        <span className="q2">
          {count(presence.waiting, 'record')} {presence.waiting === 1 ? 'waits' : 'wait'} with{' '}
          {count(presence.waitingWith, 'student')}
        </span>
      )}
      {lab.status === 'closed' && lab.eraseAt !== null && (
        <span className="q2">Records and names are erased on {time.date(Date.parse(lab.eraseAt))}</span>
      )}
      <span className="grow" />
      {teacher && (
        <button type="button" className="btn small" onClick={() => setStatus('open')}>
          {lab.status === 'closed' ? 'Open again' : 'Open'}
        </button>
      )}
    </div>
  );
}
