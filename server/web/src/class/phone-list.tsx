/** The class on a phone: one column, 64 px a student, the same marks. */
import { memo, useRef } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Link } from '../shell/link.js';
import { Mark, markWords, PresenceMark } from '../shell/marks.js';
import { ago } from '../shell/time.js';
import { useInsight, useLab, useModel, useNow, useRow } from './lab-context.js';
import { PaceHeadline } from './pace-headline.js';
import { Bar, tallyWords } from './skyline.js';

const rowPx = 68;

export function PhoneList({ order }: { order: readonly string[] }) {
  const { session } = useLab();
  const questions = useModel((model) => model.questions);
  const tallies = useModel((model) => model.tallies);
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are used in this component only
  const virtual = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 6,
  });
  return (
    <div className="grid-scroll phone-scroll" ref={scroller}>
      <div className="phone-head">
        <PaceHeadline />
        <nav className="qstrip" aria-label="Questions">
          {questions.map(({ key }, index) => {
            const tally = tallies[index] ?? { answered: 0, error: 0, working: 0 };
            return (
              <Link key={key} to={{ page: 'question', lab: session.lab, question: key }}>
                <Bar answered={tally.answered} error={tally.error} working={tally.working} whole={order.length} />
                <span className="cut">{key}</span>
                <span className="vh">{tallyWords(tally)}</span>
              </Link>
            );
          })}
        </nav>
      </div>
      <ul className="phone-list" style={{ height: virtual.getTotalSize() }} aria-label="Students">
        {virtual.getVirtualItems().map((item) => {
          const id = order[item.index];
          return id === undefined ? null : <PhoneRow key={id} participant={id} top={item.start} />;
        })}
      </ul>
    </div>
  );
}

const PhoneRow = memo(function PhoneRow({ participant, top }: { participant: string; top: number }) {
  const { session } = useLab();
  const row = useRow(participant);
  const questions = useModel((model) => model.questions);
  const { needs } = useInsight();
  const now = useNow(10_000);
  if (!row) return null;
  const current = questions[row.current];
  const hot = needs.some((need) => need.participant === participant);
  const status = row.statuses[row.current] ?? 'not-started';
  return (
    <li style={{ top, height: rowPx }}>
      <Link to={{ page: 'student', lab: session.lab, participant }}>
        <span className="row">
          <PresenceMark presence={row.presence} />
          <b className="grow cut">{row.participant.name}</b>
          <span className={`wait ${hot ? 'long' : ''}`}>
            {row.lastAt === null ? 'nothing sent' : ago(Math.max(0, now - row.lastAt))}
          </span>
        </span>
        <span className="phone-marks" aria-hidden="true">
          {row.statuses.map((one, index) => (
            <Mark key={questions[index]?.key ?? index} name={one} size={14} />
          ))}
        </span>
        <span className="vh">
          {row.sent} of {questions.length} sent{current ? `, ${markWords[status]} on ${current.key}` : ''}
        </span>
      </Link>
    </li>
  );
});
