/** What the student switches in one tab of this browser, the other tabs do too: at once, and without the server. */
import { Signal } from '@lumino/signaling';
import { z } from 'zod';
import type { SendingChoice } from './sending.js';

const switched = z.object({
  participant: z.uuid(),
  choice: z.object({ isOn: z.boolean(), at: z.number(), isTold: z.boolean() }),
});
type Switched = z.infer<typeof switched> & { choice: SendingChoice };

export class Tabs {
  readonly told = new Signal<this, Switched>(this);

  constructor(private readonly channel: BroadcastChannel) {
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      const parsed = switched.safeParse(data);
      // Another version of ours may say more than this page knows.
      if (parsed.success) this.told.emit(parsed.data);
    };
  }

  tell(message: Switched): void {
    this.channel.postMessage(message);
  }
}
