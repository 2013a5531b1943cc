/** Taking it along, reading it on a page of its own, and leaving this computer. */
import * as React from 'react';
import { saveFile } from '../../save-file.js';
import type { Seat } from '../../seat.js';
import { plural } from '../words.js';

export function TakeAlong(props: { seat: Seat }): React.ReactElement {
  const { seat } = props;
  const [isBusy, setBusy] = React.useState(false);
  const [problem, setProblem] = React.useState<string | null>(null);
  const download = async (): Promise<void> => {
    setBusy(true);
    const reply = await seat.api.archive();
    setBusy(false);
    setProblem(reply.ok ? null : reply.problem.message);
    if (reply.ok) saveFile(`nbpulse ${seat.lab.name}.zip`, reply.value);
  };
  const open = async (): Promise<void> => {
    // Opened by the click itself: a window opened later is taken for an advertisement.
    const page = window.open('', '_blank');
    const reply = await seat.api.page();
    setProblem(reply.ok ? null : reply.problem.message);
    if (!reply.ok) page?.close();
    else if (page) {
      page.opener = null;
      page.location.replace(reply.value);
    } else setProblem('The browser opened no window. Allow windows of this page, then try again.');
  };
  return (
    <>
      <div className="nbp-Two">
        <button type="button" className="nbp-Button" disabled={isBusy} onClick={() => void download()}>
          {isBusy ? 'Downloading' : 'Download everything'}
        </button>
        <button type="button" className="nbp-Button" onClick={() => void open()}>
          Open as a page
        </button>
      </div>
      {problem === null ? null : (
        <p className="nbp-Alert" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

/** Wipes what this browser holds. It destroys what was not sent, so it asks once. */
export function Leave(props: { seat: Seat; leave: () => Promise<void> }): React.ReactElement {
  const [isAsking, setAsking] = React.useState(false);
  const unsent = props.seat.waiting + props.seat.held + props.seat.onTheirWay.length;
  if (!isAsking) {
    return (
      <button type="button" className="nbp-Button" onClick={() => setAsking(true)}>
        Leave this computer
      </button>
    );
  }
  return (
    <div className="nbp-Card" role="group" aria-label="Leave this computer">
      <p>
        {unsent > 0
          ? `${plural(unsent, 'thing')} of yours ${unsent === 1 ? 'is' : 'are'} not sent yet and would be lost. `
          : 'Everything was sent. '}
        This computer forgets who you are. Write down your return code first.
      </p>
      <div className="nbp-Buttons">
        <button type="button" className="nbp-Button nbp-stop" onClick={() => void props.leave()}>
          Leave
        </button>
        <button type="button" className="nbp-Button" onClick={() => setAsking(false)}>
          Stay
        </button>
      </div>
    </div>
  );
}
