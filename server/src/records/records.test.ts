import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { event } from '@nbpulse/schema/db';
import {
  myQuestionRecords,
  myQuestions,
  myRecords,
  questionRecords,
  recordFrame,
  timeline,
  type RecordView,
  type Value,
} from '@nbpulse/schema/wire';
import { useClassroom, type Student } from '../../test/classroom.js';

describe('records', () => {
  const room = useClassroom();
  let ada: Student;
  let bob: Student;
  const at = (agoMs: number) => new Date(Date.now() - agoMs).toISOString();
  const send = async (who: Student, values: [question: string, value: Value, agoMs: number][]) => {
    const events = values.map(([question, value, agoMs], index) => ({
      kind: 'record',
      seq: index + 1,
      madeAt: at(agoMs),
      question,
      value,
    }));
    await who.post(`/labs/${room.lab.id}/events`, { v: 1, stream: randomUUID(), sentAt: at(0), events });
  };
  const int = (v: number): Value => ({ t: 'int', v });
  const ofQuestion = async (key: string, view: string) =>
    questionRecords.parse(
      await (
        await room.owner.get(`/labs/${room.lab.id}/questions/${encodeURIComponent(key)}/records?view=${view}`)
      ).json(),
    );
  const summaries = (records: RecordView[]) => records.map((one) => one.summary);

  beforeAll(async () => {
    [ada, bob] = [await room.join('Ada'), await room.join('Bob')];
    await send(ada, [
      ['1', int(1), 9_000],
      ['1', int(2), 7_000],
      ['a/b?', int(8), 1_000],
    ]);
    await send(bob, [['1', int(3), 8_000]]);
  });

  it('of a question are each participant’s latest, first, or all; history stays', async () => {
    expect(summaries((await ofQuestion('1', 'latest')).records)).toEqual(['3', '2']);
    expect(summaries((await ofQuestion('1', 'first')).records)).toEqual(['1', '3']);
    expect(summaries((await ofQuestion('1', 'all')).records)).toEqual(['1', '3', '2']);
  });

  it('are found under any key, and a question that is none is said to be none', async () => {
    expect(summaries((await ofQuestion('a/b?', 'latest')).records)).toEqual(['8']);
    const none = await room.owner.get(`/labs/${room.lab.id}/questions/99/records`);
    expect(none.status).toBe(404);
    expect(await none.json()).toMatchObject({ message: expect.stringContaining('“99”') });
  });

  it('make a participant’s timeline, oldest first', async () => {
    const response = await room.owner.get(`/labs/${room.lab.id}/participants/${ada.participant}/timeline`);
    const { items, returnCode } = timeline.parse(await response.json());
    expect(items.map((item) => (item.kind === 'record' ? item.record.summary : item.kind)).sort()).toEqual([
      '1',
      '2',
      '8',
      'joined',
    ]);
    expect(items.map((item) => item.at)).toEqual([...items.map((item) => item.at)].sort());
    expect(returnCode).toMatch(/^[A-Z2-7]{4}-[A-Z2-7]{4}$/);
  });

  it('of a participant come to an assistant without what would let them be that participant, and see the grades', async () => {
    const assistant = await room.addStaff('assistant');
    await room.owner.request('PUT', `/labs/${room.lab.id}/assistants/${assistant.userId}`);
    const response = await assistant.get(`/labs/${room.lab.id}/participants/${ada.participant}/timeline`);
    expect(response.status).toBe(200);
    expect(timeline.parse(await response.json()).returnCode).toBeNull();
  });

  it('are read by who sent them, and by nobody else who joined', async () => {
    const own = myRecords.parse(await (await ada.get('/me/records')).json()).records;
    expect(summaries(own)).toEqual(['8', '2', '1']);
    expect((await ada.get(`/me/records/${own[0]!.id}`)).status).toBe(200);
    expect((await bob.get(`/me/records/${own[0]!.id}`)).status).toBe(404);
  });

  it('of hostile markup come in a page that can reach nothing', async () => {
    const eve = await room.join('Eve');
    const html = '<script>parent.document.cookie</script><img src=x onerror=alert(1)>';
    await send(eve, [
      ['rich', { t: 'rich', cls: 'Widget', mime: 'text/html', data: { v: html } }, 20],
      ['rich', { t: 'rich', cls: 'Latex', mime: 'text/latex', data: { v: '<b>$x$</b>' } }, 10],
      ['rich', int(1), 5],
    ]);
    const { records } = await ofQuestion('rich', 'all');
    const render = (index: number) => room.owner.get(`/labs/${room.lab.id}/records/${records[index]!.id}/render`);
    const page = await render(0);
    expect(page.headers.get('content-security-policy')).toMatch(/^sandbox allow-scripts; default-src 'none';/);
    expect(page.headers.get('content-security-policy')).not.toMatch(/allow-same-origin|connect-src|https?:/);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await page.text()).toContain(html);
    expect(await (await render(1)).text()).toContain('&#60;b&#62;$x$');
    expect((await render(2)).status).toBe(404);
  });

  it('of one’s own come question by question, deleted ones without content', async () => {
    const kim = await room.join('Kim');
    await send(
      kim,
      Array.from({ length: 5 }, (_, index): [string, Value, number] => ['q', int(index), 5_000 - index * 1_000]),
    );
    const page = async (query: string) =>
      myQuestionRecords.parse(await (await kim.get(`/me/questions/q/records?${query}`)).json());
    const newest = await page('limit=2');
    expect(summaries(newest.records)).toEqual(['4', '3']);
    expect(newest.more).toBe(true);
    const rest = await page('limit=3&offset=2');
    expect(summaries(rest.records)).toEqual(['2', '1', '0']);
    expect(rest.more).toBe(false);
    expect(myQuestionRecords.parse(await (await ada.get('/me/questions/q/records')).json()).records).toEqual([]);
    const { questions } = myQuestions.parse(await (await kim.get('/me/questions')).json());
    expect(questions).toMatchObject([
      { key: 'q', records: 5, deleted: 0, errors: 0, late: 0, lastIsError: false, lastSummary: '4' },
    ]);
    await room.database.db.update(event).set({ deletedAt: new Date() }).where(eq(event.id, newest.records[0]!.id));
    expect(await (await kim.get('/me/questions')).json()).toMatchObject({
      questions: [{ records: 4, deleted: 1, lastSummary: '3' }],
    });
    expect((await page('limit=1')).records).toMatchObject([{ deleted: true, value: null, summary: '' }]);
  });

  it('of rich content open in a frame by a ticket, which their participant alone gets', async () => {
    const lea = await room.join('Lea');
    await send(lea, [
      ['rich', { t: 'rich', cls: 'Widget', mime: 'text/html', data: { v: '<i>mine</i>' } }, 20],
      ['plain', int(1), 10],
    ]);
    const own = myRecords.parse(await (await lea.get('/me/records')).json()).records;
    const [plain, rich] = [own[0]!, own[1]!];
    const asked = await lea.post(`/me/records/${rich.id}/frame`, undefined);
    const { url } = recordFrame.parse(await asked.json());
    const frame = await room.nobody.get(url.replace(/^\/api\/v1/, ''));
    expect(await frame.text()).toContain('<i>mine</i>');
    expect(frame.headers.get('content-security-policy')).toMatch(/^sandbox allow-scripts; default-src 'none';/);
    expect((await room.nobody.get(`${url.replace(/^\/api\/v1/, '')}x`)).status).toBe(404);
    expect((await bob.post(`/me/records/${rich.id}/frame`, undefined)).status).toBe(404);
    expect((await lea.post(`/me/records/${plain.id}/frame`, undefined)).status).toBe(404);
  });

  it('of another lab are not found under this one', async () => {
    const other = await room.addLab('Other');
    const [first] = (await ofQuestion('1', 'all')).records;
    expect((await room.owner.get(`/labs/${other.id}/records/${first!.id}`)).status).toBe(404);
  });
});
