/** Code: left its groups, right the one that is picked beside the commonest right one, any other, the template, or what was sent before. */
import { useState } from 'react';
import { decodeText } from '@nbpulse/schema/wire';
import type { RecordsView } from '../api/labs.js';
import { useLab, useModel } from '../class/lab-context.js';
import { useNames } from '../class/names.js';
import type { Group } from '../question/question-feed.js';
import { Link } from '../shell/link.js';
import { Mark, markWords, PresenceMark } from '../shell/marks.js';
import { CodeBeside, newestOf } from './code-beside.js';
import { linesOfSource } from './code-difference.js';
import { GroupList } from './group-list.js';
import { isGrouped, type GroupedAnswers } from './grouped.js';

/** What tells most about a piece of code in one line: where it ends. */
function lineOf(group: Group): string {
  const record = isGrouped(group) ? newestOf(group) : group.records.at(-1);
  if (record?.value?.t !== 'code') return record?.summary ?? '';
  const lines = linesOfSource(decodeText(record.value.src)).filter((line) => !/^\s*(#|$)/.test(line));
  return lines.at(-1)?.trim() ?? record.summary;
}

export function CodeAnswers({ groups, view }: { groups: readonly Group[]; view: RecordsView }) {
  const all = groups.filter(isGrouped);
  const [shown, setShown] = useState<string | null>(null);
  const current = all.find(({ hash }) => hash === shown) ?? all[0];
  if (!current) return null;
  return (
    <div className="code-split">
      <GroupList
        groups={groups}
        view={view}
        beside={{ shown: current.hash, show: (group) => setShown(group.hash), line: lineOf }}
      />
      <section className="beside" aria-label="Side by side">
        <CodeBeside current={current} all={all} titleOf={titleOf} />
        <WhereNow group={current} />
      </section>
    </div>
  );
}

const titleOf = (group: GroupedAnswers): string => group.answer?.name ?? lineOf(group);

const fewPeople = 12;
/** On which question the students of a group are, and how that stands. */
function WhereNow({ group }: { group: GroupedAnswers }) {
  const { session } = useLab();
  const { nameOf } = useNames();
  const rows = useModel((model) => model.rows);
  const questions = useModel((model) => model.questions);
  const [open, setOpen] = useState(false);
  const people = [...new Set(group.records.map(({ participant }) => participant))];
  const shown = open ? people : people.slice(0, fewPeople);
  return (
    <div className="where-now">
      <h2>{people.length === 1 ? 'Now' : `These ${String(people.length)} now`}</h2>
      <ul>
        {shown.map((participant) => {
          const row = rows.get(participant);
          const last = row?.statuses.findLastIndex((status) => status !== 'not-started') ?? -1;
          const at = row && row.current >= 0 ? row.current : last;
          const status = row?.statuses[at];
          return (
            <li key={participant}>
              <PresenceMark presence={row?.presence ?? null} />
              <Link className="cut grow" to={{ page: 'student', lab: session.lab, participant }}>
                {nameOf(participant, 'somebody who left')}
              </Link>
              {status && (
                <>
                  <Mark name={status} size={14} />
                  <span className="q2 sm">
                    <b>{questions[at]?.key}</b> {markWords[status]}
                  </span>
                </>
              )}
            </li>
          );
        })}
      </ul>
      {people.length > shown.length && (
        <button type="button" className="btn quiet small" onClick={() => setOpen(true)}>
          and {people.length - shown.length} more
        </button>
      )}
    </div>
  );
}
