import { useInsight, useModel } from './lab-context.js';

/** Where the class is, in words. */
export function PaceHeadline() {
  const questions = useModel((model) => model.questions);
  const tallies = useModel((model) => model.tallies);
  const members = useModel((model) => model.members.length);
  const { pace } = useInsight();
  if (questions.length === 0)
    return (
      <div className="pace">
        <strong>Nothing sent yet</strong>
        <span className="q2 sm">Questions appear with the first send</span>
      </div>
    );
  const sent = tallies.map((tally) => tally.answered + tally.error);
  const most = questions[pace.most];
  const on = tallies[pace.most];
  const furthest = sent.findLastIndex((n) => n * 2 >= members && n > 0);
  const half = questions[furthest];
  return (
    <div className="pace">
      <strong className="cut">
        {most && pace.through <= (on ? on.working + on.error : 0) ? (
          <>Most on {most.key}</>
        ) : pace.through > 0 ? (
          `${String(pace.through)} of ${String(members)} done`
        ) : (
          'Nothing sent yet'
        )}
      </strong>
      {on && most && (
        <span className="q2 sm">
          {on.working > 0 && (
            <>
              <b>{on.working}</b> working on {most.key}
            </>
          )}
          {on.working > 0 && on.error > 0 && ', '}
          {on.error > 0 && (
            <>
              <b>{on.error}</b> with an error{on.working === 0 && ` on ${most.key}`}
            </>
          )}
        </span>
      )}
      <span className="q2 sm cut">
        {half ? (
          <>
            <b>
              {sent[furthest]} of {members}
            </b>{' '}
            have sent {half.key}
          </>
        ) : (
          'No question sent by half the class'
        )}
      </span>
    </div>
  );
}
