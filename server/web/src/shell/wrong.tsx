import { Mark } from './marks.js';

/** What went wrong, said at once; nothing while nothing did. */
export function Wrong({ words }: { words: string | null | undefined }) {
  if (words == null) return null;
  return (
    <div className="err" role="alert">
      <Mark name="wrong" size={14} />
      <span>{words}</span>
    </div>
  );
}
