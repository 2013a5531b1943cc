/** What stands over a column: its bar with the plan's step, its key, who sent it, when half the class had it. */
import type { LabTools } from './lab-context.js';
import { count } from '../shell/time.js';
import { sentOf, startedOf } from '../live/tally.js';
import type { ColumnFacts } from './columns.js';
import { Bar, PlanStep, tallyWords } from './skyline.js';

export function PlannedBar({
  facts,
  before,
  whole,
}: {
  facts: ColumnFacts;
  before: ColumnFacts | undefined;
  whole: number;
}) {
  return (
    <div className="planw">
      <Bar tally={facts.tally} whole={whole} />
      <PlanStep share={facts.planned} before={before?.planned ?? null} />
    </div>
  );
}

/** `–` before anybody sent it, then how many, and how many of those are wrong or an error. */
export function SentCount({ facts }: { facts: ColumnFacts }) {
  const { tally, fold, column } = facts;
  const sent = sentOf(tally);
  const bad = tally.wrong + tally.error - tally.unsent;
  return (
    <>
      <span className="n">{sent > 0 ? sent : '–'}</span>
      {fold && column.kind === 'fold' && sent > 0 && <span> all {fold.all}</span>}
      {bad > 0 && <em> {bad}✕</em>}
    </>
  );
}

export function HalfTime({ facts, clock }: { facts: ColumnFacts; clock: LabTools['time']['short'] }) {
  const { halfAt, predictedAt } = facts;
  return <>{halfAt !== null ? clock(halfAt) : predictedAt !== null ? `≈${clock(predictedAt)}` : '\u00a0'}</>;
}

/** All of it in words: what a screen reader hears and the card over a column says. */
export function columnWords(facts: ColumnFacts, whole: number, clock: LabTools['time']['short']): string[] {
  const { tally, fold, column, halfAt, predictedAt, dueAt } = facts;
  const sent = sentOf(tally);
  return [
    fold && column.kind === 'fold'
      ? `${String(startedOf(tally))} started, ${String(sent)} sent any of its ${count(column.fold.parts.length, 'part')}, ${String(fold.all)} answered all`
      : `${String(startedOf(tally))} of ${String(whole)} started${tally.reached > 0 ? `, ${String(tally.reached)} reached` : ''}, ${String(sent)} sent`,
    tallyWords(tally),
    halfAt !== null
      ? `half the class had it at ${clock(halfAt)}`
      : predictedAt !== null
        ? `half the class will have it at about ${clock(predictedAt)}`
        : '',
    dueAt !== null ? `plan ${clock(dueAt)}` : '',
  ].filter(Boolean);
}
