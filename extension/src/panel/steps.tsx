/** How far something is, a line each: what is done, what goes on now, what comes. */
import * as React from 'react';
import { Icon } from './marks.js';

export interface Step {
  words: React.ReactNode;
  state: 'done' | 'now' | 'todo';
  time: string;
}

export function Steps(props: { steps: Step[] }): React.ReactElement {
  return (
    <ol className="nbp-Steps" aria-live="polite">
      {props.steps.map((step, i) => (
        <li key={i} className={`nbp-${step.state}`} aria-current={step.state === 'now' ? 'step' : undefined}>
          {step.state === 'done' ? (
            <Icon name="check" />
          ) : step.state === 'now' ? (
            <span className="nbp-Ring" aria-hidden />
          ) : (
            <span />
          )}
          <span>{step.words}</span>
          <span className="nbp-time">{step.time}</span>
        </li>
      ))}
    </ol>
  );
}
