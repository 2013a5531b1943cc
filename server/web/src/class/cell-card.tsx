/** The card of the cell under the pointer or the focus: what was sent, how often, when. It never takes the pointer. */
import { useLayoutEffect, useRef } from 'react';
import { Mark, markWords, presenceName, presenceWords } from '../shell/marks.js';
import { ago, count } from '../shell/time.js';
import { useLab, useModel, useNow, useRow } from './lab-context.js';

export interface CardPlace {
  participant: string;
  /** Index of the question, or −1 for the whole row. */
  column: number;
  box: { left: number; right: number; top: number; bottom: number };
}

export function CellCard({ place }: { place: CardPlace }) {
  const { time } = useLab();
  const row = useRow(place.participant);
  const questions = useModel((model) => model.questions);
  const now = useNow(5_000);
  const card = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const shown = card.current;
    if (!shown) return;
    const { box } = place;
    const { offsetWidth: width, offsetHeight: height } = shown;
    shown.style.left = `${String(Math.max(8, box.right + 4 + width > innerWidth - 8 ? box.left - width - 4 : box.right + 4))}px`;
    shown.style.top = `${String(Math.max(8, Math.min(box.top + 4, innerHeight - height - 8)))}px`;
  });
  if (!row) return null;
  const question = questions[place.column];
  const status = question ? row.statuses[place.column] : undefined;
  const cell = question && row.cells.get(question.key);
  if (question && status === 'not-started') return null;
  return (
    <div className="tip float" ref={card} aria-hidden="true">
      <div className="row">
        {status && <Mark name={status} />}
        <b className="grow cut">{row.participant.name}</b>
        {question ? (
          <span className="qk">{question.key}</span>
        ) : (
          <span className="q3 xs">{presenceWords[presenceName(row.presence)]}</span>
        )}
      </div>
      {question && question.title !== null && question.title !== '' && <p className="q3 xs cut">{question.title}</p>}
      {cell ? (
        <>
          <pre className="sm">{cell.last.summary}</pre>
          <p className="q3 xs" style={{ marginTop: 4 }}>
            {count(cell.records, 'record')}
            {cell.errors > 0 && `, ${count(cell.errors, 'error')}`}, last {time.clock(cell.lastAt)}
            {status && status !== 'answered' && status !== 'error' && `, ${markWords[status]}`}
          </p>
        </>
      ) : question ? (
        <p className="q2 sm" style={{ marginTop: 4 }}>
          Nothing sent yet. {row.lastAt !== null && `Last record ${ago(now - row.lastAt)} ago, on another question.`}
        </p>
      ) : (
        <>
          <div className="card-marks">
            {questions.map(({ key }, index) => (
              <span key={key}>
                <Mark name={row.statuses[index] ?? 'not-started'} />
                <br />
                <span className="cut">{key}</span>
              </span>
            ))}
          </div>
          <p className="q3 xs" style={{ marginTop: 4 }}>
            {row.lastAt === null
              ? `Joined ${time.short(row.joinedAt)}, nothing sent`
              : `Last sent ${time.clock(row.lastAt)}`}
            {(row.presence?.waiting ?? 0) > 0 && `, ${count(row.presence?.waiting ?? 0, 'record')} waiting`}
          </p>
        </>
      )}
    </div>
  );
}
