import { useState } from 'react';
import type { MeView } from '@nbpulse/schema/wire';
import { useToast } from '../shell/toast.js';
import type { OwnApi } from './own-api.js';

/** Sending to the teacher, for all devices of this student. It shows at once and says so when the server refuses. */
export function SendingSwitch({ api, me, onSet }: { api: OwnApi; me: MeView; onSet: (me: MeView) => void }) {
  const [wanted, setWanted] = useState<boolean | null>(null);
  const toast = useToast();
  const on = wanted ?? me.sending;
  const change = async (): Promise<void> => {
    if (wanted !== null) return;
    setWanted(!on);
    const answer = await api.switchSending(!on);
    setWanted(null);
    if (answer.ok) onSet(answer.value);
    else toast({ words: `Sending is still ${on ? 'on' : 'off'}: ${answer.failure.message}`, wrong: true });
  };
  return (
    <div className={`me-sending ${on ? '' : 'off'}`}>
      <button
        type="button"
        role="switch"
        className="switch"
        aria-checked={on}
        aria-describedby="sending-means"
        onClick={() => void change()}
      >
        <span className="track" aria-hidden="true">
          <span className="knob" />
        </span>
        <b>Send to my teacher</b>
        <span className="q3" aria-hidden="true">
          {on ? 'on' : 'off'}
        </span>
      </button>
      <p className="q2 sm" id="sending-means">
        {on ? (
          <>
            What <code>send</code> is given goes to the lab as you work. You can switch it off at any time, for all your
            computers.
          </>
        ) : (
          'What you make now stays on your computer and is not sent. Your teacher sees “sending off” beside your name. What was sent before stays stored.'
        )}
      </p>
    </div>
  );
}
