import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { labView, meView, type LabView } from '@nbpulse/schema/wire';
import { useClassroom, type Student } from '../../test/classroom.js';

const room = useClassroom();
let number = 0;
const agoMs = () => 60_000 - 1_000 * number++;

/** A lab with the questions 1 to 4. */
async function fourQuestions(activity: boolean): Promise<LabView> {
  const questions = ['1', '2', '3', '4'].map((key) => ({ key }));
  const created = await room.owner.post(`/courses/${room.course}/labs`, { name: randomUUID(), questions });
  const lab = labView.parse(await created.json());
  const settings = { activity };
  await room.owner.request('PATCH', `/labs/${lab.id}`, { json: { status: 'open', settings } });
  return lab;
}
const ok = { t: 'int', v: 1 };
const wrong = { t: 'error', cls: 'IndexError', message: { v: 'x' } };
type Step = ['sent' | 'sent-error' | 'ran' | 'failed', question: string | null];

async function statuses(who: Student, lab: LabView, steps: Step[]): Promise<string> {
  const events = steps.map(([what, question], index) => {
    const common = { seq: index + 1, madeAt: new Date(Date.now() - agoMs()).toISOString() };
    if (what === 'sent' || what === 'sent-error')
      return { kind: 'record', ...common, question, value: what === 'sent' ? ok : wrong };
    const of = question === null ? {} : { question };
    return what === 'ran'
      ? { kind: 'activity', ...common, ...of, what: 'cell-run' }
      : { kind: 'activity', ...common, ...of, what: 'error', error: 'KeyError' };
  });
  if (events.length > 0) {
    const batch = { v: 1, stream: randomUUID(), sentAt: new Date().toISOString(), events };
    expect(await (await who.post(`/labs/${lab.id}/events`, batch)).json()).toMatchObject({ refused: [] });
  }
  const me = meView.parse(await (await who.get('/me')).json());
  return me.questions.map((one) => (one.status === 'not-started' ? '-' : one.status)).join(' ');
}

describe('the status of a question, in the student’s own panel', () => {
  it.each<[string, Step[], string]>([
    ['nothing was sent: nobody knows', [], '- - - -'],
    ['the next one without a record is being worked on', [['sent', '2']], '- answered working -'],
    [
      'after the last one sent, not after the highest',
      [
        ['sent', '3'],
        ['sent', '1'],
      ],
      'answered working answered -',
    ],
    [
      'an error was sent: that is where the student is',
      [
        ['sent', '1'],
        ['sent-error', '2'],
      ],
      'answered error - -',
    ],
    ['all after it have one', [['sent', '4']], '- - - answered'],
  ])('without passive activity, %s', async (_what, steps, expected) => {
    const lab = await fourQuestions(false);
    expect(await statuses(await room.join('Ada', lab), lab, steps)).toBe(expected);
  });

  it.each<[string, Step[], string]>([
    [
      'a cell of a question without a record ran',
      [
        ['sent', '1'],
        ['ran', '3'],
      ],
      'answered - working -',
    ],
    [
      'it ended in an error',
      [
        ['sent', '1'],
        ['failed', '3'],
      ],
      'answered - error -',
    ],
    [
      'it ran again, and well',
      [
        ['failed', '3'],
        ['ran', '3'],
      ],
      '- - working -',
    ],
    [
      'the error is in one that was answered',
      [
        ['sent', '1'],
        ['sent', '2'],
        ['failed', '1'],
      ],
      'error answered - -',
    ],
    [
      'what was sent later counts',
      [
        ['failed', '1'],
        ['sent', '1'],
      ],
      'answered working - -',
    ],
    [
      'a cell that sends ran: nothing is guessed',
      [
        ['sent', '1'],
        ['ran', '1'],
      ],
      'answered - - -',
    ],
    [
      'a cell outside of the questions ran',
      [
        ['sent', '1'],
        ['ran', null],
      ],
      'answered working - -',
    ],
    ['before anything was sent', [['ran', '1']], 'working - - -'],
  ])('with it, %s', async (_what, steps, expected) => {
    const lab = await fourQuestions(true);
    expect(await statuses(await room.join('Ada', lab), lab, steps)).toBe(expected);
  });
});
