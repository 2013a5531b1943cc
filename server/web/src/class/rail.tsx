/**
 * Who to talk to: alerts, mistakes that many share, then single students with the reason in words. Only what records can tell.
 */
import { lazy, Suspense, useState } from 'react';
import { count } from '../shell/time.js';
import { Icon } from '../shell/icons.js';
import { Link } from '../shell/link.js';
import { howKnown } from './how-known.js';
import { useAlerts, useInsight, useLab, useModel } from './lab-context.js';
import { useNames } from './names.js';

const AlertRulesDialog = lazy(() =>
  import('./alert-rules-dialog.js').then((module) => ({ default: module.AlertRulesDialog })),
);

const mostShared = 4;
const mostNeeds = 6;

/** `onClose` where it is a drawer over the page. */
export function Rail({ onClose }: { onClose?: (() => void) | undefined }) {
  const { session } = useLab();
  const lab = useModel((model) => model.lab);
  const someone = useModel((model) => model.members.length > 0);
  const { needs, shared, presence } = useInsight();
  const { nameOf } = useNames();
  const alerts = useAlerts();
  const nothing = needs.length === 0 && shared.length === 0 && alerts.length === 0;
  return (
    <aside className="rail" id="rail" aria-label="Who to talk to">
      {onClose && (
        <button type="button" className="btn quiet icon drawer-close" aria-label="Close" autoFocus onClick={onClose}>
          <Icon name="x" />
        </button>
      )}
      {alerts.length > 0 && <Alerts />}
      {shared.length > 0 && (
        <section aria-labelledby="rail-shared">
          <h2 id="rail-shared">
            Shared mistakes <span>{shared.length}</span>
          </h2>
          <ul>
            {shared.slice(0, mostShared).map((one) => (
              <li className="item" key={`${one.question} ${one.hash}`}>
                <Link className="qk" to={{ page: 'question', lab: session.lab, question: one.question }}>
                  {one.question}
                </Link>
                <Link className="who" to={{ page: 'question', lab: session.lab, question: one.question }}>
                  {one.participants.length} {one.error ? 'have the same error' : 'sent the same wrong answer'}
                </Link>
                <span />
                <span className="why mono">{one.summary}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {needs.length > 0 && (
        <section aria-labelledby="rail-needs">
          <h2 id="rail-needs">
            Needs help{' '}
            <span>{needs.length > mostNeeds ? `${String(mostNeeds)} of ${String(needs.length)}` : 'ranked'}</span>
          </h2>
          <ol>
            {needs.slice(0, mostNeeds).map((need) => (
              <li className="item" key={need.participant}>
                {need.question === null ? (
                  <span className="qk">–</span>
                ) : (
                  <Link className="qk" to={{ page: 'question', lab: session.lab, question: need.question }}>
                    {need.question}
                  </Link>
                )}
                <Link className="who" to={{ page: 'student', lab: session.lab, participant: need.participant }}>
                  {nameOf(need.participant)}
                </Link>
                <span />
                <span className="why">
                  <b>{need.strong}</b>
                  {need.rest}
                </span>
              </li>
            ))}
          </ol>
        </section>
      )}
      {nothing && (
        <section aria-labelledby="rail-calm">
          <h2 id="rail-calm">{lab.status === 'open' ? 'Nobody stands out' : 'The lab is not open'}</h2>
          <p className="q2 sm pad">
            {lab.status === 'open'
              ? 'Repeated errors, long waits, silence and mistakes that three or more share appear here, with the reason.'
              : 'While it is open, this is who may need a visit.'}
          </p>
        </section>
      )}
      {someone &&
        (presence.offline > 0 || presence.waiting > 0 || presence.sendingOff > 0 || presence.neverOpened > 0) && (
          <section aria-labelledby="rail-presence">
            <h2 id="rail-presence">Connection</h2>
            <p className="q2 sm pad">
              {presence.neverOpened > 0 &&
                `${count(presence.neverOpened, 'student')} of the class list ${presence.neverOpened === 1 ? 'has' : 'have'} not opened the notebook. `}
              {presence.offline > 0 && `${count(presence.offline, 'student')} offline. `}
              {presence.sendingOff > 0 &&
                `${count(presence.sendingOff, 'student')} ${presence.sendingOff === 1 ? 'has' : 'have'} switched sending off. `}
              {presence.waiting > 0 &&
                `${count(presence.waiting, 'record')} ${presence.waiting === 1 ? 'waits' : 'wait'} with ${count(presence.waitingWith, 'student')}; nothing is lost.`}
            </p>
          </section>
        )}
      {someone && (
        <section aria-labelledby="rail-known">
          <h2 id="rail-known">How it is known</h2>
          <p className="q3 sm pad">{howKnown(lab.settings.activity)}</p>
        </section>
      )}
    </aside>
  );
}

/** At most three, one per rule. Each goes by itself; one that was dismissed stays away until it comes anew. */
function Alerts() {
  const { session, alerts: keeper, time, teacher } = useLab();
  const alerts = useAlerts();
  const [rules, setRules] = useState(false);
  return (
    <section aria-labelledby="rail-alerts" className="alerts">
      <h2 id="rail-alerts">
        {alerts.length === 1 ? 'Alert' : 'Alerts'}
        <span className="grow" />
        {teacher && (
          <button type="button" className="btn quiet small" onClick={() => setRules(true)}>
            Rules…
          </button>
        )}
      </h2>
      <ul>
        {alerts.map((one) => (
          <li className="alert" key={one.key}>
            <p className="sm">
              {one.question === null ? (
                <b>{one.strong}</b>
              ) : (
                <Link to={{ page: 'question', lab: session.lab, question: one.question }}>
                  <b>{one.strong}</b>
                </Link>
              )}{' '}
              <span className="q2">
                Since {time.short(one.since)}. Rule: {one.rest}
              </span>
            </p>
            <button
              type="button"
              className="btn quiet icon small"
              aria-label={`Dismiss: ${one.strong}`}
              onClick={() => keeper.dismiss(one.key)}
            >
              <Icon name="x" />
            </button>
          </li>
        ))}
      </ul>
      {rules && (
        <Suspense fallback={null}>
          <AlertRulesDialog onClose={() => setRules(false)} />
        </Suspense>
      )}
    </section>
  );
}
