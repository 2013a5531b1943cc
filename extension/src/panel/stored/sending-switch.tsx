/** "Send to my teacher", and what it means when it is off. */
import * as React from 'react';
import type { Seat } from '../../seat.js';

export function SendingSwitch(props: { seat: Seat }): React.ReactElement {
  const { sending } = props.seat;
  const hint = sending.isOn
    ? 'Switch it off, and what your cells send from then on is not taken.'
    : 'What your cells send is not taken, and nothing about what you run is told. Your teacher sees “sending off”. Checkpoints and submissions go out when you press their button.';
  return (
    <div className="nbp-Switch">
      <button
        type="button"
        role="switch"
        aria-checked={sending.isOn}
        aria-describedby="nbp-sending-hint"
        onClick={() => sending.choose(!sending.isOn)}
      >
        <span className="nbp-Switch-track" aria-hidden />
        Send to my teacher
      </button>
      <p id="nbp-sending-hint" className="nbp-quiet nbp-small">
        {hint}
        {sending.isTold ? '' : ' The server is told as soon as it can be reached.'}
      </p>
    </div>
  );
}
