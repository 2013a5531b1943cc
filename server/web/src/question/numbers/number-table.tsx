import { memo } from 'react';
import type { Plotted } from './plotted.js';
import { fromBelow } from './stacks.js';

const mostRows = 100;

/** The plot as a table, for those who do not see it. */
export const NumberTable = memo(function NumberTable({
  marks,
  each,
}: {
  marks: readonly Plotted[];
  each: 'student' | 'record';
}) {
  const byText = new Map<string, Plotted[]>();
  for (const mark of marks) {
    const own = byText.get(mark.text);
    if (own) own.push(mark);
    else byText.set(mark.text, [mark]);
  }
  const rows = [...byText].sort(([, a], [, b]) => (a[0]?.at ?? Infinity) - (b[0]?.at ?? Infinity));
  const commonest =
    rows.length <= mostRows ? rows : [...rows].sort((a, b) => b[1].length - a[1].length).slice(0, mostRows);
  return (
    <table className="vh">
      <caption>
        The numbers
        {rows.length > mostRows ? `, the ${String(mostRows)} commonest of ${String(rows.length)}` : ''}
      </caption>
      <thead>
        <tr>
          <th scope="col">number</th>
          <th scope="col">{each}s</th>
          <th scope="col">standing</th>
        </tr>
      </thead>
      <tbody>
        {commonest.map(([text, own]) => (
          <tr key={text}>
            <th scope="row">{text}</th>
            <td>{own.length}</td>
            <td>{fromBelow.filter((standing) => own.some((mark) => mark.standing === standing)).join(', ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
});
