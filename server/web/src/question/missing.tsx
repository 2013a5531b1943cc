import { memo, useState } from 'react';
import { useCalmModel, useLab, useModel } from '../class/lab-context.js';
import { useNames } from '../class/names.js';
import { Link } from '../shell/link.js';

const fewNames = 12;

interface MissingProps {
  question: string;
  found: ReadonlySet<string> | null;
}
/** Who has sent nothing to this question yet, and which of them are on it. */
export const Missing = memo(function Missing({ question, found }: MissingProps) {
  const { session } = useLab();
  const { nameOf } = useNames();
  const members = useModel((model) => model.members);
  const rows = useModel((model) => model.rows);
  const index = useModel((model) => model.questions).findIndex(({ key }) => key === question);
  const [open, setOpen] = useState(false);
  // Rows are replaced in their map, and the tallies with every change of one.
  useCalmModel((model) => model.tallies);
  const missing = members.filter((id) => rows.get(id)?.cells.has(question) !== true && (!found || found.has(id)));
  if (missing.length === 0) return null;
  const shown = open ? missing : missing.slice(0, fewNames);
  return (
    <p className="q3 sm missing">
      No answer yet{missing.length > fewNames && <> ({missing.length.toLocaleString('en')})</>}:{' '}
      {shown.map((id, at) => (
        <span key={id}>
          {at > 0 && ', '}
          <Link to={{ page: 'student', lab: session.lab, participant: id }}>{nameOf(id)}</Link>
          {rows.get(id)?.statuses[index] === 'working' && ' (working)'}
        </span>
      ))}
      {missing.length > shown.length && (
        <>
          {' '}
          <button type="button" className="btn quiet small" onClick={() => setOpen(true)}>
            and {missing.length - shown.length} more
          </button>
        </>
      )}
    </p>
  );
});
