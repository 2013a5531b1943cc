import type { Enrolment } from '@nbpulse/schema/wire';
import { Custodian, type ArrivedRecords } from './custodian.js';
import { createMessage, FakeKernel } from './test/fake-kernel.js';
import { HandClock, settled } from './test/hand-clock.js';

const ada: Enrolment = {
  server: 'https://class.example.org',
  lab: '11111111-1111-4111-8111-111111111111',
  participant: '44444444-4444-4444-8444-444444444444',
  token: 'a-token-of-ada-that-is-long-enough',
  name: 'Ada',
};

function page(kernel: FakeKernel, kept: Record<string, number[]> = {}) {
  const clock = new HandClock();
  const custodian = new Custodian(kernel.port, createMessage, clock, (stream) => Promise.resolve(kept[stream] ?? []));
  const arrived: ArrivedRecords[] = [];
  custodian.arrived.connect((_, records) => arrived.push(records));
  const seqs = (): number[] => arrived.flatMap(({ events }) => events.map(({ seq }) => seq));
  const answer = (saved: number[]): void =>
    custodian.relay({ v: 1, stream: kernel.stream, saved, refused: [], receivedAt: '2026-03-02T14:00:01Z' });
  return { clock, custodian, arrived, seqs, answer };
}

describe('the custodian', () => {
  it('keeps the data target registered, so that JupyterLab does not close the kernel’s comm', () => {
    const kernel = new FakeKernel();
    const { custodian } = page(kernel);
    expect(kernel.hasTarget('nbpulse.data')).toBe(true);
    custodian.dispose();
    expect(kernel.hasTarget('nbpulse.data')).toBe(false);
  });

  it('answers a hello by opening the acknowledgement comm on a thread of its own, and enrols before it says what it has', async () => {
    const kernel = new FakeKernel();
    const { custodian } = page(kernel, { [kernel.stream]: [1, 2] });
    custodian.enrol(ada);
    kernel.hello();
    await settled();
    expect(kernel.opened).toEqual([expect.objectContaining({ shell: 'shell-2', knownDataComm: 'data-1' })]);
    expect(kernel.heard.map(({ message, shell }) => [message.type, shell])).toEqual([
      ['enrol', 'shell-2'],
      ['sending', 'shell-2'],
      ['have', 'shell-2'],
    ]);
    expect(kernel.said('have')).toEqual([{ v: 1, type: 'have', stream: kernel.stream, seqs: [1, 2] }]);
    expect(kernel.enrolment).toEqual(ada);
  });

  it('says nothing on a channel that the kernel has not taken yet', async () => {
    const kernel = new FakeKernel();
    let take: () => void = () => undefined;
    const send = kernel.sendShellMessage.bind(kernel);
    kernel.sendShellMessage = (message) => {
      const sent = send(message);
      if (message.header.msg_type !== 'comm_open') return sent;
      return { done: new Promise<void>((resolve) => (take = resolve)) };
    };
    const { custodian } = page(kernel);
    custodian.enrol(ada);
    kernel.hello();
    await settled();
    expect(kernel.opened).toHaveLength(1);
    expect(kernel.heard).toEqual([]);
    take();
    await settled();
    expect(kernel.heard.map(({ message }) => message.type)).toEqual(['enrol', 'sending', 'have']);
  });

  it('does not wait for a busy kernel of one thread: all goes in order there', async () => {
    const kernel = new FakeKernel({ subshells: false });
    kernel.sendShellMessage = new Proxy(kernel.sendShellMessage.bind(kernel), {
      apply: (send, _, [message]: Parameters<typeof kernel.sendShellMessage>) => {
        const sent = send(message);
        return message.header.msg_type === 'comm_open' ? { done: new Promise(() => undefined) } : sent;
      },
    });
    const { clock, custodian } = page(kernel);
    custodian.enrol(ada);
    kernel.hello();
    await settled();
    await clock.advance(2_000);
    expect(kernel.heard.map(({ message }) => message.type)).toEqual(['enrol', 'sending', 'have']);
  });

  it('tells the kernel of the switch at once, tells a new kernel again, and nothing of it to the next student', async () => {
    const kernel = new FakeKernel();
    const { custodian } = page(kernel);
    custodian.enrol(ada);
    kernel.hello();
    await settled();
    custodian.setSending(false);
    expect(kernel.said('sending').at(-1)).toEqual({ v: 1, type: 'sending', on: false });
    kernel.restart();
    kernel.hello();
    await settled();
    expect(kernel.said('sending').at(-1)).toEqual({ v: 1, type: 'sending', on: false });
    custodian.leave();
    expect(kernel.said('sending').at(-1)).toEqual({ v: 1, type: 'sending', on: true });
  });

  it('hands on what the kernel’s own pipe saved, and journals that nobody claimed', async () => {
    const kernel = new FakeKernel();
    const { custodian } = page(kernel);
    const told: unknown[] = [];
    const offered: unknown[] = [];
    custodian.told.connect((_, words) => told.push(words));
    custodian.offered.connect((_, journals) => offered.push(journals));
    kernel.hello();
    await settled();
    kernel.say({ v: 1, type: 'saved', stream: kernel.stream, seqs: [1, 2] });
    expect(told).toEqual([{ stream: kernel.stream, saved: [1, 2], refused: [] }]);
    const stream = '77777777-7777-4777-8777-777777777777';
    const journal = { stream, records: 2, firstAt: 'a', lastAt: 'b', questions: ['1'] };
    kernel.say({ v: 1, type: 'unclaimed', stream: kernel.stream, journals: [journal] });
    expect(offered).toEqual([[journal]]);
    custodian.claim(stream);
    expect(kernel.said('claim')).toEqual([{ v: 1, type: 'claim', stream }]);
  });

  it('uses the main shell of a kernel without subshells', async () => {
    const kernel = new FakeKernel({ subshells: false });
    page(kernel);
    kernel.hello();
    await settled();
    expect(kernel.opened).toEqual([expect.objectContaining({ shell: null })]);
  });

  it('asks a busy kernel for a thread without waiting for its info', async () => {
    const kernel = new FakeKernel({ subshells: true, isBusyForEver: true });
    const { clock } = page(kernel);
    kernel.hello();
    await settled();
    expect(kernel.opened).toEqual([]);
    await clock.advance(500);
    expect(kernel.opened).toEqual([expect.objectContaining({ shell: 'shell-2' })]);
  });

  it('falls back to the main shell when a busy kernel knows no subshells', async () => {
    const kernel = new FakeKernel({ subshells: false, isBusyForEver: true });
    const { clock } = page(kernel);
    kernel.hello();
    await clock.advance(3_000);
    expect(kernel.opened).toEqual([expect.objectContaining({ shell: null })]);
  });

  it('relays what the server saved, and the journal forgets exactly that', async () => {
    const kernel = new FakeKernel();
    const { answer, seqs } = page(kernel);
    kernel.hello();
    await settled();
    kernel.take([1, 2, 3]);
    expect(seqs()).toEqual([1, 2, 3]);
    answer([1, 3]);
    expect([...kernel.journal.keys()]).toEqual([2]);
  });

  it('never trims the journal by itself: what it keeps in its outbox stays in the kernel', async () => {
    const kernel = new FakeKernel();
    page(kernel, { [kernel.stream]: [1] });
    kernel.hello();
    await settled();
    kernel.take([1, 2]);
    expect([...kernel.journal.keys()]).toEqual([1, 2]);
    expect(kernel.said('saved')).toEqual([]);
  });

  it('after a reload hears a comm that it did not see open, and gets what was lost in between', async () => {
    const kernel = new FakeKernel();
    const before = page(kernel);
    kernel.hello();
    await settled();
    kernel.take([1, 2]);
    before.custodian.dispose();
    kernel.take([3, 4]); // nobody listens: lost on the way
    const after = page(kernel, { [kernel.stream]: [1] });
    expect(after.seqs()).toEqual([]);
    kernel.take([5]); // the kernel goes on talking on the comm that it has
    await settled();
    expect(after.seqs()).toEqual([5, 2, 3, 4, 5]);
    expect(kernel.opened).toHaveLength(2);
    expect(kernel.opened[1]?.knownDataComm).toBe('data-1');
  });

  it('frees the kernel’s thread when the notebook is closed', async () => {
    const kernel = new FakeKernel();
    const { custodian } = page(kernel);
    kernel.hello();
    await settled();
    custodian.dispose();
    expect(kernel.deletedShells).toEqual(['shell-2']);
  });

  it('puts each binary buffer back into its event', async () => {
    const kernel = new FakeKernel();
    const { arrived } = page(kernel);
    const image = { t: 'image', mime: 'image/png', sha256: 'a'.repeat(64), n: 3, of: 'Figure' };
    const events = [kernel.record(1), { ...kernel.record(2), value: image }];
    const bytes = new Uint8Array([1, 2, 255]).buffer;
    kernel.say({ v: 1, type: 'events', stream: kernel.stream, sentAt: '2026-03-02T14:00:00Z', events, binary: [1] }, [
      bytes,
    ]);
    await settled();
    expect(arrived[0]?.events[1]?.['value']).toEqual({ ...image, b64: 'AQL/' });
    expect(arrived[0]?.events[0]?.['value']).toEqual({ t: 'int', v: 1 });
  });

  it('leaves the comms of others alone', async () => {
    const kernel = new FakeKernel();
    const { arrived } = page(kernel);
    kernel.publish('comm_open', { comm_id: 'w', target_name: 'jupyter.widget', data: { state: {} } });
    kernel.publish('comm_msg', { comm_id: 'w', data: { method: 'update' } });
    kernel.publish('comm_open', {
      comm_id: 'x',
      target_name: 'other',
      data: { v: 1, type: 'hello', stream: kernel.stream, wheel: '', pid: 1, lastSeq: 0 },
    });
    await settled();
    expect(arrived).toEqual([]);
    expect(kernel.opened).toEqual([]);
  });

  it('drops an event that has no number, and takes its neighbours', () => {
    const kernel = new FakeKernel();
    const { seqs } = page(kernel);
    const events = [{ kind: 'record', seq: 'one' }, kernel.record(2), 'nothing'];
    kernel.say({ v: 1, type: 'events', stream: kernel.stream, sentAt: '2026-03-02T14:00:00Z', events });
    expect(seqs()).toEqual([2]);
  });

  it('meets the restarted kernel anew: a new channel, and who the student is', async () => {
    const kernel = new FakeKernel();
    const { custodian, answer } = page(kernel);
    custodian.enrol(ada);
    kernel.hello();
    await settled();
    const old = kernel.stream;
    kernel.restart();
    kernel.enrolment = null;
    expect(custodian.speaksFor(old)).toBe(false);
    kernel.hello();
    await settled();
    expect(kernel.opened).toHaveLength(2);
    expect(kernel.enrolment).toEqual(ada);
    kernel.take([1]);
    answer([1]);
    expect(kernel.journal.size).toBe(0);
  });

  it('opens the channel again when the kernel had nobody behind it', async () => {
    const kernel = new FakeKernel();
    const { custodian } = page(kernel);
    custodian.speak();
    await settled();
    kernel.publish('comm_close', { comm_id: kernel.opened[0]?.commId, data: {} });
    kernel.hello();
    await settled();
    expect(kernel.opened).toHaveLength(2);
  });

  it('tells the kernel when the student joins later, and gets all that it kept meanwhile', async () => {
    const kernel = new FakeKernel();
    const { custodian, seqs } = page(kernel);
    kernel.hello();
    await settled();
    kernel.take([1]);
    custodian.enrol(ada);
    await settled();
    expect(kernel.enrolment).toEqual(ada);
    expect(seqs()).toEqual([1, 1]);
  });

  it('tells a problem once, however often the kernel says it', () => {
    const kernel = new FakeKernel();
    const { custodian } = page(kernel);
    const told: string[] = [];
    custodian.troubled.connect((_, { message }) => told.push(message));
    for (let i = 0; i < 3; i += 1) {
      kernel.say({
        v: 1,
        type: 'problem',
        stream: kernel.stream,
        code: 'too-large',
        message: 'The answer to 3 has 5 MB.',
      });
    }
    expect(told).toEqual(['The answer to 3 has 5 MB.']);
  });
});
