import { sentOf, startedOf } from '../live/tally.js';
import { useCalmModel, useInsight, useLab, useModel } from './lab-context.js';

const onPlanMs = 2 * 60_000;
/** @example behindWords(7.4 * 60_000) // '7 min behind' */
export function behindWords(behindMs: number): string {
  if (Math.abs(behindMs) < onPlanMs) return 'On plan';
  return `${String(Math.floor(Math.abs(behindMs) / 60_000))} min ${behindMs > 0 ? 'behind' : 'ahead'}`;
}

/** Where the class is, in words: against the plan where there is one. */
export function PaceHeadline() {
  const { time } = useLab();
  const questions = useModel((model) => model.questions);
  const tallies = useCalmModel((model) => model.tallies);
  const opened = useModel((model) => model.opened);
  const open = useModel((model) => model.lab.status === 'open');
  const { pace } = useInsight();
  if (questions.length === 0)
    return (
      <div className="pace">
        <strong>Nothing sent yet</strong>
        <span className="q2 sm">Questions appear with the first send</span>
      </div>
    );
  const sent = tallies.map((tally) => sentOf(tally));
  const most = questions[pace.most];
  const on = tallies[pace.most];
  const planned = questions[pace.planned];
  const furthest = sent.findLastIndex((n) => n * 2 >= opened && n > 0);
  const half = questions[furthest];
  const behind = open ? pace.behindMs : null;
  const where =
    most && pace.through <= (on ? on.working + on.error + on.reached : 0)
      ? `Most on ${most.key}`
      : pace.through > 0
        ? `${String(pace.through)} of ${String(opened)} done`
        : 'Nothing sent yet';
  return (
    <div className="pace">
      <strong className="cut">{behind === null ? where : behindWords(behind)}</strong>
      {behind !== null ? (
        <span className="q2 sm cut">
          {most ? (
            <>
              Most are on <b>{most.key}</b>
            </>
          ) : (
            where
          )}
          {planned && (
            <>
              , plan says <b>{planned.key}</b>
            </>
          )}
        </span>
      ) : (
        on &&
        most && (
          <span className="q2 sm cut">
            <b>{on.working + on.reached}</b> working on {most.key}
            {on.error > 0 && (
              <>
                , <b>{on.error}</b> with an error
              </>
            )}
          </span>
        )
      )}
      <span className="q2 sm cut">
        {open && pace.finishAt !== null ? (
          <>
            Done ≈ <b>{time.short(pace.finishAt)}</b>
            {half && `, half have sent ${half.key}`}
          </>
        ) : half ? (
          <>
            <b>
              {sent[furthest]} of {opened}
            </b>{' '}
            have sent {half.key}
          </>
        ) : tallies.some((tally) => startedOf(tally) > 0) ? (
          'No question sent by half the class'
        ) : (
          'Nobody has started'
        )}
      </span>
    </div>
  );
}
