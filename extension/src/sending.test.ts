import type { Reply } from './api.js';
import { Sending, type SendingChoice } from './sending.js';
import { HandClock, settled } from './test/hand-clock.js';

const unreachable: Reply<unknown> = { ok: false, problem: { code: 'unreachable', message: 'no answer' } };

function switchOf(kept?: SendingChoice) {
  const clock = new HandClock();
  const told: boolean[] = [];
  const keeps: SendingChoice[] = [];
  let answer: () => Promise<Reply<unknown>> = () => Promise.resolve({ ok: true, value: null });
  const sending = new Sending({
    kept,
    keep: (choice) => Promise.resolve(keeps.push(choice)),
    tell: (isOn) => {
      told.push(isOn);
      return answer();
    },
    clock,
  });
  const heard: boolean[] = [];
  sending.changed.connect((_, isOn) => heard.push(isOn));
  return { clock, sending, told, keeps, heard, answerBy: (next: typeof answer) => (answer = next) };
}

describe('the switch “Send to my teacher”', () => {
  it('is on until the student says otherwise', () => {
    const { sending } = switchOf();
    expect(sending.isOn).toBe(true);
    expect(sending.offAt).toBeNull();
  });

  it('takes effect at once, is kept, and tells the server', async () => {
    const { clock, sending, told, keeps, heard } = switchOf();
    sending.choose(false);
    expect(heard).toEqual([false]);
    expect(sending.offAt).toBe(clock.now());
    expect(sending.isTold).toBe(false);
    await settled();
    expect(told).toEqual([false]);
    expect(sending.isTold).toBe(true);
    expect(keeps.at(-1)).toEqual({ isOn: false, at: clock.now(), isTold: true });
  });

  it('works offline: tells the server as soon as it can be reached, and nothing that the server says before counts', async () => {
    const { clock, sending, told, answerBy } = switchOf();
    answerBy(() => Promise.resolve(unreachable));
    sending.choose(false);
    await settled();
    sending.hear(true);
    expect(sending.isOn).toBe(false);
    await clock.advance(1_000);
    expect(told).toEqual([false, false]);
    answerBy(() => Promise.resolve({ ok: true, value: null }));
    await clock.advance(60_000);
    expect(sending.isTold).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('is told after a reload, when it could not be before', async () => {
    const { sending, told } = switchOf({ isOn: false, at: 5, isTold: false });
    expect(sending.isOn).toBe(false);
    sending.retryNow();
    await settled();
    expect(told).toEqual([false]);
  });

  it('tells the last word when the student switched again meanwhile', async () => {
    const { sending, told, answerBy } = switchOf();
    const answers: ((reply: Reply<unknown>) => void)[] = [];
    answerBy(() => new Promise((resolve) => answers.push(resolve)));
    sending.choose(false);
    sending.choose(true);
    expect(told).toEqual([false]);
    answers[0]?.({ ok: true, value: null });
    await settled();
    expect(told).toEqual([false, true]);
    answers[1]?.({ ok: true, value: null });
    await settled();
    expect(sending.isOn).toBe(true);
    expect(sending.isTold).toBe(true);
  });

  it('follows another device, but no answer of before its own switch', async () => {
    const { clock, sending, heard } = switchOf();
    sending.hear(false);
    expect(heard).toEqual([false]);
    sending.choose(true);
    await settled();
    sending.hear(false); // was asked before the switch and came late
    expect(sending.isOn).toBe(true);
    await clock.advance(6_000);
    sending.hear(false);
    expect(sending.isOn).toBe(false);
  });

  it('follows another tab, but not one that is behind, and tells the server too', async () => {
    const { sending, told } = switchOf({ isOn: true, at: 10, isTold: true });
    sending.follow({ isOn: false, at: 9, isTold: false });
    expect(sending.isOn).toBe(true);
    sending.follow({ isOn: false, at: 11, isTold: false });
    expect(sending.isOn).toBe(false);
    await settled();
    expect(told).toEqual([false]);
    expect(sending.isTold).toBe(true);
  });
});
