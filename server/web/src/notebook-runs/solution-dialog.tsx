/** The author's notebooks of a lab: run once in the sandbox, for expected answers (solution) or for *reached* (template). */
import '../styles/notebook-runs.css';
import { useState } from 'react';
import type { NotebookRunKind, ProposalsAccepted } from '@nbpulse/schema/wire';
import type { Failure } from '../api/request.js';
import { useLab, useModel } from '../class/lab-context.js';
import { Dialog } from '../shell/dialog.js';
import { DialogFoot } from '../shell/dialog-foot.js';
import { Mark } from '../shell/marks.js';
import { count } from '../shell/time.js';
import { useToast } from '../shell/toast.js';
import { NotebookDrop } from './notebook-drop.js';
import { chosenAtFirst, ProposalList } from './proposal-list.js';
import { acceptProposals, putBack, startRun } from './run-calls.js';
import { RunLine } from './run-line.js';
import { useProposals } from './use-proposals.js';

const kinds: { kind: NotebookRunKind; words: string; says: string }[] = [
  {
    kind: 'solution',
    words: 'Solution',
    says: 'Your solved notebook runs once in the sandbox. What it sends becomes the proposed answer of each question; nothing is set until you say so. Students never see it.',
  },
  {
    kind: 'template',
    words: 'Template',
    says: 'The notebook as students get it runs once in the sandbox. Whoever sends what it sends – None, … – has reached a question, not answered it. This holds as soon as the run is done.',
  },
];

export function SolutionDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return open ? <ShownDialog onClose={onClose} /> : null;
}

function ShownDialog({ onClose }: { onClose: () => void }) {
  const [kind, setKind] = useState<NotebookRunKind>('solution');
  return (
    <Dialog title="Answers from a notebook" onClose={onClose} className="nb-dialog">
      <span className="seg" role="group" aria-label="Which notebook">
        {kinds.map((one) => (
          <button key={one.kind} type="button" aria-pressed={one.kind === kind} onClick={() => setKind(one.kind)}>
            {one.words}
          </button>
        ))}
      </span>
      <p className="q2 sm says">{kinds.find((one) => one.kind === kind)?.says}</p>
      <OneKind key={kind} kind={kind} />
    </Dialog>
  );
}

function OneKind({ kind }: { kind: NotebookRunKind }) {
  const { session, time } = useLab();
  const runs = useModel((model) => model.notebookRuns);
  const run = runs.find((one) => one.kind === kind);
  const { found, failure, again } = useProposals(session.lab, run);
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Failure | null>(null);
  /** Null: nobody has touched a box of this run yet. */
  const [touched, setTouched] = useState<{ run: string; chosen: ReadonlySet<string> } | null>(null);

  const proposals = found?.proposals ?? [];
  const chosen = touched !== null && touched.run === run?.id ? touched.chosen : chosenAtFirst(proposals);
  const start = async (file: File): Promise<void> => {
    setBusy(true);
    const answer = await startRun(session.lab, kind, file);
    setBusy(false);
    setRefused(answer.ok ? null : answer.failure);
  };
  const undo = async (accepted: ProposalsAccepted): Promise<void> => {
    for (const { question, before } of accepted.set) {
      const answer = await putBack(session.lab, question, before);
      if (!answer.ok) {
        toast({ words: `Question ${question} was not put back: ${answer.failure.message}`, wrong: true });
        return;
      }
    }
    toast({ words: 'What was expected before is expected again.' });
  };
  const accept = async (dialog: HTMLDialogElement | null): Promise<void> => {
    if (!run) return;
    setBusy(true);
    const answer = await acceptProposals(session.lab, run.id, [...chosen]);
    setBusy(false);
    setRefused(answer.ok ? null : answer.failure);
    if (!answer.ok) return;
    dialog?.close();
    const { set } = answer.value;
    const right = set.reduce((sum, one) => sum + one.latest.right, 0);
    const wrong = set.reduce((sum, one) => sum + one.latest.wrong, 0);
    const judged = right + wrong > 0 ? `: ${String(right)} right, ${String(wrong)} wrong` : '';
    toast({
      words: `${count(set.length, 'question expects', 'questions expect')} the solution’s answer${judged}.`,
      undo: () => void undo(answer.value),
    });
  };

  const problem = refused ?? (run && found === null ? failure : null);
  return (
    <>
      {run ? (
        <RunLine run={run} time={time} workerThere={found?.workerThere ?? null}>
          <NotebookDrop what={`the ${kind}`} again busy={busy} onFile={(file) => void start(file)} />
        </RunLine>
      ) : (
        <NotebookDrop what={`the ${kind}`} again={false} busy={busy} onFile={(file) => void start(file)} />
      )}
      {problem && (
        <div className="err" role="alert">
          <Mark name="wrong" size={14} />
          <span>{problem.message}</span>
          {refused === null && (
            <button type="button" className="btn quiet small" onClick={again}>
              Try again
            </button>
          )}
        </div>
      )}
      {run?.state === 'done' && kind === 'solution' && proposals.length > 0 && (
        <ProposalList
          proposals={proposals}
          chosen={chosen}
          onChoose={(next) => setTouched({ run: run.id, chosen: next })}
        />
      )}
      {run?.state === 'done' && kind === 'template' && proposals.length > 0 && (
        <ul className="nb-reached" aria-label="The template’s own answers">
          {proposals.map((one) => (
            <li key={one.question}>
              <span className="qk">{one.question}</span>
              <Mark name="reached" size={14} />
              <span className="mono sm">{one.summary}</span>
            </li>
          ))}
        </ul>
      )}
      <DialogFoot leave="Close">
        {run?.state === 'done' && kind === 'solution' && proposals.length > 0 && (
          <button
            type="button"
            className="btn main"
            disabled={busy || chosen.size === 0}
            onClick={(event) => void accept(event.currentTarget.closest('dialog'))}
          >
            {chosen.size === 0
              ? 'None chosen'
              : chosen.size === 1
                ? 'Use this one'
                : `Use these ${String(chosen.size)}`}
          </button>
        )}
      </DialogFoot>
    </>
  );
}
