import type { AnswerGroup } from '@nbpulse/schema/wire';
import { useLab } from '../class/lab-context.js';
import { copyText } from '../shell/copy-text.js';
import { Icon } from '../shell/icons.js';
import { useToast } from '../shell/toast.js';

/** A group's name, since when it is known, and its hint, ready to be copied. */
export function KnownName({ answer: { name, hint, known } }: { answer: AnswerGroup }) {
  const { session } = useLab();
  const say = useToast();
  const here = session.store.model?.lab.name === known?.since.lab;
  return (
    <div className="known-name">
      <b>{name}</b>
      {known && (
        <span className="tag">
          {here ? 'known mistake' : `known since ${known.since.lab}, ${known.since.at.slice(0, 4)}`}
        </span>
      )}
      {hint !== null && hint !== '' && (
        <span className="hint">
          <span className="q2">{hint}</span>
          <button
            type="button"
            className="btn quiet icon small"
            aria-label={`Copy the hint of “${name ?? ''}”`}
            title="Copy the hint"
            onClick={() => {
              void copyText(hint).then((copied) =>
                say(
                  copied ? { words: 'Hint copied.' } : { words: 'The browser did not let it be copied.', wrong: true },
                ),
              );
            }}
          >
            <Icon name="copy" />
          </button>
        </span>
      )}
    </div>
  );
}
