/**
 * The staff note about one student: a field that saves by itself a moment after the last key, and when it is left.
 *
 * States: *saved* (what stands in the field is what the server has), *changed* (it will be saved soon), *saving*, *conflict*
 * (somebody else wrote meanwhile: both texts stand there until one is chosen), *failed* (it stays in the field, and is tried again).
 */
import { useCallback, useEffect, useId, useRef, useState } from 'react';
import { staffNote, type StaffNote } from '@nbpulse/schema/wire';
import { writeNote } from '../api/labs.js';
import { useLab } from '../class/lab-context.js';
import { useToast } from '../shell/toast.js';

const pauseMs = 900;
const againMs = 5_000;
const mostChars = 5_000;

type Standing =
  | { is: 'saved' }
  | { is: 'changed' }
  | { is: 'saving' }
  | { is: 'conflict'; theirs: StaffNote | null }
  | { is: 'failed'; message: string };

/** @param note as the timeline has it; a newer one replaces what stands here as long as nothing was typed. */
export function StaffNoteField({ participant, note }: { participant: string; note: StaffNote | null }) {
  const { session, time } = useLab();
  const toast = useToast();
  const id = useId();
  const [saved, setSaved] = useState(note);
  const [text, setText] = useState(note?.text ?? '');
  const [standing, setStanding] = useState<Standing>({ is: 'saved' });
  const typed = useRef(text);
  const base = useRef(note);
  const busy = useRef(false);
  const gone = useRef(false);

  const save = useCallback(async (): Promise<void> => {
    if (busy.current) return;
    const wanted = typed.current;
    const before = base.current;
    if (wanted.trim() === (before?.text ?? '')) {
      setStanding((now) => (now.is === 'conflict' ? now : { is: 'saved' }));
      return;
    }
    busy.current = true;
    setStanding({ is: 'saving' });
    const answer = await writeNote(session.lab, participant, { text: wanted, of: before?.at ?? null });
    busy.current = false;
    if (!answer.ok) {
      const theirs = staffNote.nullable().safeParse(answer.failure.now);
      if (answer.failure.status === 409 && theirs.success) setStanding({ is: 'conflict', theirs: theirs.data });
      else setStanding({ is: 'failed', message: answer.failure.message });
      return;
    }
    base.current = answer.value.note;
    setSaved(answer.value.note);
    setStanding({ is: typed.current === wanted ? 'saved' : 'changed' });
    // The page was left while this was under way, with more typed.
    if (gone.current && typed.current !== wanted)
      void writeNote(session.lab, participant, { text: typed.current, of: answer.value.note?.at ?? null });
    if (before && answer.value.note === null) {
      toast({
        words: 'The note is cleared.',
        undo: () => {
          // Also when the page has been left.
          void writeNote(session.lab, participant, { text: before.text, of: null }).then((back) => {
            if (!back.ok) {
              toast({ words: back.failure.message, wrong: true });
              return;
            }
            base.current = back.value.note;
            typed.current = before.text;
            setSaved(back.value.note);
            setText(before.text);
            setStanding({ is: 'saved' });
          });
        },
      });
    }
  }, [session.lab, participant, toast]);

  useEffect(() => {
    if (standing.is !== 'changed' && standing.is !== 'failed') return;
    const timer = setTimeout(() => void save(), standing.is === 'changed' ? pauseMs : againMs);
    return () => clearTimeout(timer);
  }, [standing, text, save]);
  // Somebody else's newer note, as long as nothing of ours would be lost.
  useEffect(() => {
    if (standing.is !== 'saved' || note?.at === base.current?.at || (note?.at ?? '') < (base.current?.at ?? '')) return;
    base.current = note;
    typed.current = note?.text ?? '';
    setSaved(note);
    setText(note?.text ?? '');
  }, [note, standing.is]);
  // Leaving the page saves what is typed.
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
      void save();
    };
  }, [save]);

  const change = (next: string): void => {
    typed.current = next;
    setText(next);
    setStanding((now) => (now.is === 'conflict' ? now : { is: 'changed' }));
  };
  const settle = (theirs: StaffNote | null, next: string): void => {
    base.current = theirs;
    typed.current = next;
    setSaved(theirs);
    setText(next);
    void save();
  };

  return (
    <section className="pad" aria-labelledby={`${id}-h`}>
      <h2 id={`${id}-h`}>
        <label htmlFor={id}>Staff note</label>
      </h2>
      <textarea
        id={id}
        className="field note-field"
        rows={3}
        maxLength={mostChars}
        placeholder="Only staff see it"
        value={text}
        aria-describedby={`${id}-s`}
        onChange={(event) => change(event.target.value)}
        onBlur={() => {
          if (standing.is === 'changed') void save();
        }}
      />
      <p className="q3 sm" id={`${id}-s`} role="status">
        {standing.is === 'saving' || standing.is === 'changed'
          ? 'Saving'
          : standing.is === 'failed'
            ? `Not saved: ${standing.message} It is tried again by itself.`
            : standing.is === 'conflict'
              ? 'Not saved'
              : saved
                ? `Saved, ${saved.by ?? 'staff'}, ${time.full(Date.parse(saved.at))}`
                : 'Saved by itself. Only staff see it.'}
      </p>
      {standing.is === 'conflict' && (
        <div className="note-conflict" role="alert">
          {standing.theirs ? (
            <>
              <p>
                <b>{standing.theirs.by ?? 'Somebody else'} wrote meanwhile</b>{' '}
                <span className="q3">{time.short(Date.parse(standing.theirs.at))}</span>
              </p>
              <p className="note-theirs">{standing.theirs.text}</p>
            </>
          ) : (
            <p>
              <b>Somebody cleared the note meanwhile.</b>
            </p>
          )}
          <p className="q2 sm">What you typed stands in the field above.</p>
          <div className="row wrap">
            {standing.theirs && (
              <button
                type="button"
                className="btn small"
                onClick={() => settle(standing.theirs, `${standing.theirs?.text ?? ''}\n${text}`)}
              >
                Keep both
              </button>
            )}
            <button type="button" className="btn small" onClick={() => settle(standing.theirs, text)}>
              Keep mine
            </button>
            <button
              type="button"
              className="btn small"
              onClick={() => settle(standing.theirs, standing.theirs?.text ?? '')}
            >
              {standing.theirs ? 'Take theirs' : 'Leave it cleared'}
            </button>
          </div>
        </div>
      )}
    </section>
  );
}
