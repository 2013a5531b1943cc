/** One student in the dense grid: a name and small marks. */
import { memo } from 'react';
import { foldedCell, type Column } from '../live/fold.js';
import { markWords, PresenceMark, presenceName, presenceWords } from '../shell/marks.js';
import { useModel, useRow } from './lab-context.js';
import { nameParts } from './name-parts.js';
import { useName } from './names.js';

/** One character over a column of nine pixels: `3` then `b` for 3a and 3b, the last digit of 12. */
export function shortKey(key: string, before: string | undefined): string {
  const [, number, letters] = /^(\d+)([a-z]+)$/i.exec(key) ?? [];
  if (number === undefined || letters === undefined) return key.slice(-1);
  return before?.startsWith(number) === true ? letters.slice(-1) : number.slice(-1);
}

export const denseColumns = (n: number, cellWidth: number): string =>
  `minmax(0, 1fr) repeat(${String(n)}, ${String(cellWidth - 1)}px)`;

interface DenseRowProps {
  columns: readonly Column[];
  participant: string;
  n: number;
  height: number;
  cellWidth: number;
  focusable: boolean;
  strong: boolean;
}
export const DenseRow = memo(function DenseRow({
  participant,
  columns,
  n,
  height,
  cellWidth,
  focusable,
  strong,
}: DenseRowProps) {
  const row = useRow(participant);
  const name = useName(participant);
  const questions = useModel((model) => model.questions);
  if (!row) return null;
  const said = questions
    .map(({ key }, index) => ({ key, status: row.statuses[index] ?? 'not-started' }))
    .filter(({ status }) => status !== 'not-started')
    .map(({ key, status }) => `${key} ${markWords[status]}`);
  const opened = row.participant.openedAt !== null;
  const [head, tail] = nameParts(name);
  const presence = presenceName(row.presence, row.participant.sending, opened);
  return (
    <div
      className={`dr ${strong ? 'h' : ''} ${presence === 'offline' || presence === 'never' ? 'off' : ''}`}
      role="row"
      aria-rowindex={n + 1}
      tabIndex={focusable ? 0 : -1}
      data-n={n}
      aria-label={`${name}, ${presenceWords[presence]}: ${said.length === 0 ? 'nothing sent' : said.join(', ')}`}
      style={{ gridTemplateColumns: denseColumns(columns.length, cellWidth), height }}
    >
      <b role="rowheader">
        {(presence === 'sending-off' || presence === 'never') && (
          <>
            <PresenceMark presence={null} sending={row.participant.sending} opened={opened} />{' '}
          </>
        )}
        <span className="cut">{head}</span>
        {tail}
      </b>
      {columns.map((column) => {
        const status =
          column.kind === 'fold'
            ? foldedCell(row.statuses, column.fold).status
            : (row.statuses[column.index] ?? 'not-started');
        return <i key={column.key} role="gridcell" className={`d d-${status}`} />;
      })}
    </div>
  );
});
