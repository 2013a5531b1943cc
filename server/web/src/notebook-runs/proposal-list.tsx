import type { NotebookRunProposals } from '@nbpulse/schema/wire';
import { nowWords, toleranceWords } from './answer-words.js';

export type Proposal = NotebookRunProposals['proposals'][number];

interface ProposalListProps {
  proposals: readonly Proposal[];
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
}

const toleranceOf = ({ answer }: Proposal): string =>
  answer?.kind === 'value' || answer?.kind === 'any-of' ? toleranceWords(answer.tolerance) : '';

/** What each question would expect; one that nothing can be expected of says why. */
export function ProposalList({ proposals, chosen, onChoose }: ProposalListProps) {
  const able = proposals.filter((one) => one.answer !== null).map((one) => one.question);
  const all = able.length > 0 && able.every((key) => chosen.has(key));
  const toggle = (key: string): void => {
    const next = new Set(chosen);
    if (!next.delete(key)) next.add(key);
    onChoose(next);
  };
  return (
    <div className="nb-proposals" role="group" aria-label="Proposed answers">
      <label className="line head q3 xs">
        <input
          type="checkbox"
          aria-label="All questions"
          checked={all}
          disabled={able.length === 0}
          ref={(box) => {
            if (box) box.indeterminate = !all && chosen.size > 0;
          }}
          onChange={() => onChoose(new Set(all ? [] : able))}
        />
        <span>Question</span>
        <span>Answer</span>
        <span>Expected now</span>
      </label>
      {proposals.map((one) => (
        <label key={one.question} className="line" aria-disabled={one.answer === null}>
          <input
            type="checkbox"
            aria-label={`Expect this of ${one.question}`}
            checked={chosen.has(one.question)}
            disabled={one.answer === null}
            onChange={() => toggle(one.question)}
          />
          <span className="qk">{one.question}</span>
          <span className="answer">
            {one.answer !== null && (
              <>
                <span className="mono proposed" title={one.summary}>
                  {one.summary}
                </span>
                <span className="q3 xs">{toleranceOf(one)}</span>
              </>
            )}
            {one.why !== null && <span className="q2 sm">{one.why}</span>}
          </span>
          <span className="now sm q2">{nowWords(one.now, one.answer)}</span>
        </label>
      ))}
    </div>
  );
}

/** On by default: whatever can be expected, where nothing was typed and something would change. */
export const chosenAtFirst = (proposals: readonly Proposal[]): Set<string> =>
  new Set(
    proposals
      .filter((one) => one.answer !== null && one.now?.from !== 'typed' && nowWords(one.now, one.answer) !== 'this')
      .map((one) => one.question),
  );
