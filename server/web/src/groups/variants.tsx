/** The ways in which a group's answers are written, against the commonest of them. */
import { diffChars } from 'diff';
import { useState } from 'react';
import { count } from '../shell/time.js';
import type { GroupedAnswers, Variant } from './grouped.js';

const few = 6;
const mostChars = 120;

/** The text of an answer when it can be compared letter by letter: shown values of numbers and errors too. */
function textOf({ records }: Variant): string | null {
  const record = records[records.length - 1];
  if (!record) return null;
  const { value } = record;
  const text = value?.t === 'str' ? value.v : record.summary;
  return text.length <= mostChars && !text.includes('\n') ? text : null;
}

export function Variants({ group }: { group: GroupedAnswers }) {
  const [open, setOpen] = useState(false);
  const { variants, section } = group;
  const first = variants[0];
  if (!first || variants.length < 2) return null;
  const base = textOf(first);
  if (section === 'code' || section === 'table' || section === 'picture' || section === 'rich' || base === null) {
    return <p className="q3 sm">Written in {count(variants.length, 'way')}</p>;
  }
  const shown = open ? variants : variants.slice(0, few);
  return (
    <p className="variants">
      {shown.map((variant) => (
        <span key={variant.hash}>
          <Letters of={textOf(variant) ?? ''} against={base} />
          <b>{variant.records.length}</b>
        </span>
      ))}
      {variants.length > shown.length && (
        <button type="button" className="btn quiet small" onClick={() => setOpen(true)}>
          and {variants.length - shown.length} more
        </button>
      )}
    </p>
  );
}

function Letters({ of, against }: { of: string; against: string }) {
  const parts = diffChars(against, of);
  return parts.map((part, index) => {
    if (part.removed) {
      // A letter that another took the place of is marked by that one.
      if (parts[index + 1]?.added || parts[index - 1]?.added) return null;
      // Nothing stands where a letter is missing; the place is marked.
      return <mark key={index} className="missing-letter" title={`without “${part.value}”`} />;
    }
    return part.added ? (
      <mark key={index}>{part.value.replaceAll(' ', '\u00a0')}</mark>
    ) : (
      <span key={index}>{part.value}</span>
    );
  });
}
