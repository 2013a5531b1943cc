/** One group's code beside another's, the template's, or what the same student sent before. */
import { useMemo, useState } from 'react';
import type { RecordView } from '@nbpulse/schema/wire';
import { useLab } from '../class/lab-context.js';
import { useNames } from '../class/names.js';
import { Mark, type MarkName } from '../shell/marks.js';
import { count } from '../shell/time.js';
import { useLines } from '../values/highlight.js';
import { useWholeValue } from '../values/whole-value.js';
import { foldEqual, linesOfSource, pairLines } from './code-difference.js';
import { CodeSide } from './code-side.js';
import { sourceOf, usePrevious, useTemplate } from './compared.js';
import type { GroupedAnswers } from './grouped.js';

export const newestOf = (group: GroupedAnswers | undefined): RecordView | null =>
  group?.variants[0]?.records.at(-1) ?? null;
const markOf = (group: GroupedAnswers): MarkName => group.verdict ?? 'answered';

interface CodeBesideProps {
  current: GroupedAnswers;
  /** Every group of code. */
  all: readonly GroupedAnswers[];
  titleOf: (group: GroupedAnswers) => string;
}
export function CodeBeside({ current, all, titleOf }: CodeBesideProps) {
  const { session, time } = useLab();
  const { nameOf } = useNames();
  /** A group's id with `group `, `template` or `previous`; null: what is proposed. */
  const [chosen, choose] = useState<string | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const newest = newestOf(current);
  const template = useTemplate(newest?.question ?? '');
  const previous = usePrevious(newest);

  const others = all.filter((group) => group !== current);
  const bySize = [...all].sort((a, b) => b.records.length - a.records.length);
  const right = bySize.find(({ verdict }) => verdict === 'right');
  const proposed = right !== undefined && right !== current ? right : bySize.find((group) => group !== current);
  const withTemplate = (chosen === 'template' || !proposed) && template !== null && template.source !== null;
  const withPrevious = chosen === 'previous' && previous !== null;
  const other =
    withTemplate || withPrevious ? undefined : (others.find(({ hash }) => `group ${hash}` === chosen) ?? proposed);
  const compared = withTemplate ? 'template' : withPrevious ? 'previous' : other ? `group ${other.hash}` : '';

  const loaded = sourceOf(useWholeValue(session.lab, withPrevious ? previous : newestOf(other)));
  const left = withTemplate ? template.source : loaded;
  const own = sourceOf(useWholeValue(session.lab, newest));
  const leftLines = useLines(linesOfSource(left ?? '').join('\n'), 'python');
  const rightLines = useLines(linesOfSource(own ?? '').join('\n'), 'python');
  const pair = `${compared} ${current.hash}`;
  const rows = useMemo(() => {
    const lines = linesOfSource(own ?? '');
    const pairs =
      left === null
        ? lines.map((_, line) => ({ left: null, right: { line, marks: [] }, equal: true }))
        : pairLines(linesOfSource(left), lines);
    return open === pair ? pairs.map((one) => ({ pair: one })) : foldEqual(pairs);
  }, [left, own, open, pair]);
  const unfold = (): void => setOpen(pair);

  const sender = newest ? nameOf(newest.participant, 'this student') : '';
  const words = withTemplate
    ? 'The template'
    : withPrevious
      ? `What ${sender} sent before`
      : other !== undefined && other === right
        ? 'Commonest right answer'
        : 'Another answer';
  return (
    <>
      <div className={`panel code-pair ${compared === '' ? 'alone' : ''} ${other?.verdict === 'right' ? '' : 'plain'}`}>
        {compared !== '' && (
          <div>
            <h2>
              {other && <Mark name={markOf(other)} said />}
              {withPrevious && <Mark name={previous.verdict ?? 'answered'} said />}
              <span className="cut">{words}</span>
              {other && <span className="q3">{count(other.records.length, 'record')}</span>}
              {withPrevious && <span className="q3">{time.short(Date.parse(previous.madeAt))}</span>}
            </h2>
            {left === null ? (
              <p className="q3 sm">Loading the whole answer</p>
            ) : (
              <CodeSide name={words} side="left" rows={rows} lines={leftLines} unfold={unfold} />
            )}
          </div>
        )}
        <div>
          <h2>
            <Mark name={markOf(current)} said />
            <span className="cut">{withPrevious ? sender : (current.answer?.name ?? 'This group')}</span>
            <span className="q3">
              {withPrevious && newest ? time.short(Date.parse(newest.madeAt)) : count(current.records.length, 'record')}
            </span>
          </h2>
          {own === null ? (
            <p className="q3 sm">Loading the whole answer</p>
          ) : (
            <CodeSide name="This group’s answer" side="right" rows={rows} lines={rightLines} unfold={unfold} />
          )}
        </div>
      </div>
      {(others.length > 1 || template !== null || previous !== null) && (
        <label className="compare-with q2 sm">
          Compare with{' '}
          <select className="field" value={compared} onChange={(event) => choose(event.target.value)}>
            {others.length > 0 && (
              <optgroup label="Another group">
                {others.map((group) => (
                  <option key={group.hash} value={`group ${group.hash}`}>
                    {`${String(group.records.length)} × ${titleOf(group).slice(0, 80)}${group.verdict ? `, ${group.verdict}` : ''}`}
                  </option>
                ))}
              </optgroup>
            )}
            {template !== null && (
              <option value="template" disabled={template.source === null}>
                {template.source === null ? 'The template: it sent no code here' : 'The template'}
              </option>
            )}
            {previous !== null && <option value="previous">{`What ${sender} sent before`}</option>}
            {compared === '' && <option value="">Nothing</option>}
          </select>
        </label>
      )}
    </>
  );
}
