/** The lab is gone from the server. What was not sent is still here: it can be taken along before this computer is left. */
import * as React from 'react';
import { saveFile } from '../save-file.js';
import type { Seat } from '../seat.js';
import type { Unsent } from '../unsent.js';
import { ConnectionLine, Frame } from './frame.js';
import { Leave } from './stored/index.js';
import { plural } from './words.js';

export function Deleted(props: { seat: Seat; message: string; leave: () => Promise<void> }): React.ReactElement {
  const { seat } = props;
  const [unsent, setUnsent] = React.useState<Unsent | null>(null);
  const count = seat.waiting + seat.held + seat.onTheirWay.length;
  React.useEffect(() => {
    let isShown = true;
    void seat.unsent().then((found) => {
      if (isShown) setUnsent(found);
    });
    return () => {
      isShown = false;
    };
  }, [seat, count]);
  const isEmpty = unsent !== null && unsent.records === 0 && unsent.notebooks === 0;
  return (
    <Frame
      title={seat.lab.name}
      connection={<ConnectionLine seat={seat} />}
      foot={
        unsent === null || isEmpty ? null : (
          <button
            type="button"
            className="nbp-Button nbp-main"
            onClick={() => saveFile(`nbpulse not sent ${seat.lab.name}.json`, unsent.file)}
          >
            Download what was not sent
          </button>
        )
      }
    >
      <div className="nbp-pad">
        <p role="alert">{props.message}</p>
        <p className="nbp-quiet nbp-next">
          {unsent === null
            ? ''
            : isEmpty
              ? 'Everything of yours was sent before. Nothing waits on this computer.'
              : `${[
                  ...(unsent.records > 0 ? [plural(unsent.records, 'record')] : []),
                  ...(unsent.notebooks > 0 ? [plural(unsent.notebooks, 'notebook')] : []),
                ].join(
                  ' and ',
                )} of yours ${unsent.records + unsent.notebooks === 1 ? 'was' : 'were'} not sent. Download what you want to keep.`}
        </p>
        <p className="nbp-quiet nbp-small nbp-next">
          A kernel may hold more: <code>nbpulse.export_unsent()</code> in a cell writes what it has into a file beside
          the notebook.
        </p>
        <div className="nbp-next">
          <Leave seat={seat} leave={props.leave} />
        </div>
      </div>
    </Frame>
  );
}
