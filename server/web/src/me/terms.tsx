import type { MeView } from '@nbpulse/schema/wire';
import { count } from '../shell/time.js';
import { ownTime } from './own-time.js';

const names = (list: readonly string[]): string =>
  list.length < 2
    ? (list[0] ?? 'The lab’s teacher')
    : `${list.slice(0, -1).join(', ')} and ${list[list.length - 1] ?? ''}`;

/** `Dorothy Vaughan and who assists in this lab` */
export const whoSees = ({ teachers }: Pick<MeView, 'teachers'>): string =>
  `${teachers.length === 0 ? 'The lab’s teachers' : teachers.join(', ')} and who assists in this lab`;
/** `until 21 Nov 2027`, `until 12 months after the lab closes` */
export const untilWhen = ({ lab, course }: Pick<MeView, 'lab' | 'course'>): string =>
  lab.eraseAt === null
    ? `until ${count(course.retentionMonths, 'month')} after the lab closes`
    : `until ${ownTime.date(Date.parse(lab.eraseAt))}`;

/** Who sees it, until when, what is collected, what may be deleted. Each a sentence. */
export function Terms({ me }: { me: MeView }) {
  const { lab, course, teachers } = me;
  return (
    <section aria-labelledby="terms">
      <h2 id="terms">What holds for it</h2>
      <dl className="me-terms">
        <dt>Who sees it</dt>
        <dd>{whoSees(me)}. No other student.</dd>
        <dt>Until when</dt>
        <dd>
          {lab.eraseAt === null ? (
            <>
              {count(course.retentionMonths, 'month')} after the lab closes; it is not closed yet. Then records,
              notebooks and your name are erased.
            </>
          ) : (
            <>
              <b>{ownTime.date(Date.parse(lab.eraseAt))}</b>. Then records, notebooks and your name are erased.
            </>
          )}
        </dd>
        <dt>What is collected</dt>
        <dd>
          What <code>send</code> is given, with its question and time; your notebook when you send a checkpoint or
          submit.{' '}
          {lab.activity
            ? 'This lab also collects passive activity: which question’s cell ran, and the class of an error. Never what you type.'
            : 'Nothing else: not what you type, not which cells you run.'}{' '}
          Your address is not stored.
        </dd>
        <dt>Deleting</dt>
        <dd>
          {lab.mayDelete
            ? 'You may delete your own records, below.'
            : `This lab does not let students delete records by themselves. Ask ${names(teachers)}.`}
        </dd>
      </dl>
    </section>
  );
}
