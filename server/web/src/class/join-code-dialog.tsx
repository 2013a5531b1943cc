import { Dialog } from '../shell/dialog.js';

/** The join code for the back row. */
export function JoinCodeDialog({ code, onClose }: { code: string; onClose: () => void }) {
  return (
    <Dialog title="Join code" onClose={onClose} className="big-code">
      <span className="code">{code}</span>
      <p className="q2 where">
        Server <span className="mono">{new URL('.', document.baseURI).href.replace(/\/$/, '')}</span>
      </p>
      <div className="foot">
        <button type="button" className="btn" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
