/**
 * "Send to my teacher": one participant's switch. It takes effect here at once, also offline and over a reload, and the server
 * is told when it can be; other devices follow the server.
 *
 * States: `told` (the server knows, and its word counts: another device may have switched) → `untold` (switched here; the
 * server's word is of before and does not count; told again at a growing distance) → `told`.
 */
import { Signal } from '@lumino/signaling';
import type { Reply } from './api.js';
import type { Clock } from './clock.js';

export interface SendingChoice {
  isOn: boolean;
  /** When it was switched, in milliseconds since 1970 by this computer's clock. */
  at: number;
  isTold: boolean;
}

const firstRetryMs = 1_000;
const longestRetryMs = 60_000;
/** Answers to what was asked before the switch may still be on their way after it was told. */
const staleMs = 5_000;

export interface SendingParts {
  kept: SendingChoice | undefined;
  keep: (choice: SendingChoice) => Promise<unknown>;
  tell: (isOn: boolean) => Promise<Reply<unknown>>;
  clock: Clock;
}

export class Sending {
  /** Switched, here or elsewhere. */
  readonly changed = new Signal<this, boolean>(this);
  /** The server knows now. */
  readonly told = new Signal<this, undefined>(this);
  /** Switched by the student on this page: other tabs of this browser follow without the server. */
  readonly chosen = new Signal<this, SendingChoice>(this);

  private choice: SendingChoice;
  private isTelling = false;
  private isStopped = false;
  private failures = 0;
  private deafUntil = 0;
  private cancelRetry: () => void = () => undefined;

  constructor(private readonly parts: SendingParts) {
    this.choice = parts.kept ?? { isOn: true, at: 0, isTold: true };
  }

  get isOn(): boolean {
    return this.choice.isOn;
  }
  /** False while the server does not know yet. */
  get isTold(): boolean {
    return this.choice.isTold;
  }
  /** What was made after this stays here; null while sending is on. */
  get offAt(): number | null {
    return this.choice.isOn ? null : this.choice.at;
  }

  choose(isOn: boolean): void {
    if (isOn === this.choice.isOn) return;
    const choice = { isOn, at: this.parts.clock.now(), isTold: false };
    this.become(choice);
    this.chosen.emit(choice);
    void this.tell();
  }

  /** Another tab of this browser switched. It may be closed before it could tell the server, so both do. */
  follow(choice: SendingChoice): void {
    if (choice.at < this.choice.at) return;
    this.become(choice);
    this.retryNow();
  }

  /** The server's word. */
  hear(isOn: boolean): void {
    const now = this.parts.clock.now();
    if (!this.choice.isTold || isOn === this.choice.isOn || now < this.deafUntil) return;
    this.become({ isOn, at: now, isTold: true });
  }

  retryNow(): void {
    if (!this.choice.isTold) void this.tell();
  }

  stop(): void {
    this.isStopped = true;
    this.cancelRetry();
    Signal.clearData(this);
  }

  private become(choice: SendingChoice): void {
    const isSwitched = choice.isOn !== this.choice.isOn;
    this.choice = choice;
    // A browser without room keeps it for this page only; the server, once told, keeps it for good.
    this.parts.keep(choice).catch(() => undefined);
    if (isSwitched) this.changed.emit(choice.isOn);
  }

  private async tell(): Promise<void> {
    this.cancelRetry();
    if (this.isTelling || this.isStopped) return;
    this.isTelling = true;
    const told = this.choice;
    const reply = await this.parts.tell(told.isOn);
    this.isTelling = false;
    if (this.stopped()) return;
    if (this.choice !== told) {
      if (!this.choice.isTold) void this.tell();
      return;
    }
    if (reply.ok) {
      this.failures = 0;
      this.deafUntil = this.parts.clock.now() + staleMs;
      this.become({ ...told, isTold: true });
      this.told.emit(undefined);
      return;
    }
    this.failures += 1;
    const delayMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.failures - 1, 10));
    this.cancelRetry = this.parts.clock.after(reply.problem.retryAfterMs ?? delayMs, () => void this.tell());
  }

  /** A question of its own: `stop` may have come while the server was asked. */
  private stopped(): boolean {
    return this.isStopped;
  }
}
