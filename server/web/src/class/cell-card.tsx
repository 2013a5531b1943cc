/** The card of a row, a cell or a column: what was sent, how often, when. */
import type { Column } from '../live/fold.js';
import { foldedCell } from '../live/fold.js';
import type { Row } from '../live/row.js';
import { Mark, markWords, presenceName, presenceWords } from '../shell/marks.js';
import { ago, count } from '../shell/time.js';
import { CardBox, type Box } from './card-box.js';
import { columnWords } from './column-head.js';
import type { ColumnFacts } from './columns.js';
import { useLab, useModel, useNow, useRow } from './lab-context.js';
import { useName } from './names.js';

export interface CardPlace {
  /** Null: the column's own card. */
  participant: string | null;
  /** Index of the column, or −1 for the whole row. */
  column: number;
  box: Box;
}

export function CellCard({
  place,
  columns,
}: {
  place: CardPlace & { participant: string };
  columns: readonly Column[];
}) {
  const row = useRow(place.participant);
  const name = useName(place.participant);
  const questions = useModel((model) => model.questions);
  if (!row) return null;
  const column = columns[place.column];
  const status =
    column?.kind === 'fold'
      ? foldedCell(row.statuses, column.fold).status
      : column && (row.statuses[column.index] ?? 'not-started');
  if (column && status === 'not-started') return null;
  const title = column?.kind === 'question' ? questions[column.index]?.title : null;
  return (
    <CardBox box={place.box}>
      <div className="row">
        {status && <Mark name={status} />}
        <b className="grow cut">{name}</b>
        {column ? <span className="qk">{column.key}</span> : <PresenceWords row={row} />}
      </div>
      {title != null && title !== '' && <p className="q3 xs cut">{title}</p>}
      {column === undefined ? (
        <RowFacts row={row} keys={questions.map(({ key }, index) => [key, index])} />
      ) : column.kind === 'fold' ? (
        <RowFacts row={row} keys={column.fold.parts.map((part) => [questions[part]?.key ?? '', part])} />
      ) : (
        <CellFacts row={row} index={column.index} question={column.key} />
      )}
    </CardBox>
  );
}

function PresenceWords({ row: { participant, presence } }: { row: Row }) {
  const name = presenceName(presence, participant.sending, participant.openedAt !== null);
  return <span className="q3 xs">{presenceWords[name]}</span>;
}

function CellFacts({ row, index, question }: { row: Row; index: number; question: string }) {
  const { time } = useLab();
  const now = useNow(5_000);
  const cell = row.cells.get(question);
  const status = row.statuses[index] ?? 'not-started';
  const here = row.current === index ? row.seen : null;
  if (!cell)
    return (
      <p className="q2 sm" style={{ marginTop: 4 }}>
        {here === null
          ? 'Nothing sent yet.'
          : here.error === null
            ? 'Its cell ran; nothing sent yet.'
            : `Its cell ended in ${here.error}; nothing sent.`}{' '}
        {row.lastAt !== null && `Last record ${ago(now - row.lastAt)} ago, on another question.`}
      </p>
    );
  return (
    <>
      <pre className="sm">{cell.last.summary}</pre>
      <p className="q3 xs" style={{ marginTop: 4 }}>
        {markWords[status]}, {count(cell.records, 'record')}
        {cell.errors > 0 && `, ${count(cell.errors, 'error')}`}
        {cell.sameRun > 1 && `, the last ${String(cell.sameRun)} the same`}, last {time.clock(cell.lastAt)}
        {here?.error != null && `. Its cell ended in ${here.error}, not sent`}
      </p>
    </>
  );
}

/** Marks of several questions with their keys, and when this student came. */
function RowFacts({ row, keys }: { row: Row; keys: readonly (readonly [string, number])[] }) {
  const { time } = useLab();
  const lab = useModel((model) => model.lab);
  const { openedAt } = row.participant;
  const lateMs = openedAt === null || lab.openedAt === null ? 0 : Date.parse(openedAt) - Date.parse(lab.openedAt);
  const waiting = row.presence?.waiting ?? 0;
  return (
    <>
      <div className="card-marks">
        {keys.map(([key, index]) => (
          <span key={key}>
            <Mark name={row.statuses[index] ?? 'not-started'} />
            <br />
            <span className="cut">{key}</span>
          </span>
        ))}
      </div>
      <p className="q3 xs" style={{ marginTop: 4 }}>
        {openedAt === null
          ? 'On the class list, has not opened the notebook'
          : row.lastAt === null
            ? `Opened ${time.short(Date.parse(openedAt))}, nothing sent`
            : `Last sent ${time.clock(row.lastAt)}`}
        {lateMs > lab.settings.lateMinutes * 60_000 && `, opened ${String(Math.floor(lateMs / 60_000))} min late`}
        {waiting > 0 && `, ${count(waiting, 'record')} waiting`}
        {(row.presence?.devices ?? 0) > 1 && ', on two machines at once'}
      </p>
    </>
  );
}

/** The counts of a column in words. */
export function ColumnCard({ box, facts, whole }: { box: Box; facts: ColumnFacts; whole: number }) {
  const { time } = useLab();
  return (
    <CardBox box={box} below>
      <div className="row">
        <span className="qk">{facts.column.key}</span>
        <b className="grow cut">{facts.title ?? ''}</b>
      </div>
      {columnWords(facts, whole, time.short).map((words) => (
        <p key={words} className="q2 sm">
          {words}
        </p>
      ))}
    </CardBox>
  );
}
