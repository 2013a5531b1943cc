import { useState } from 'react';
import { useUrl, useValueSource } from './value-source.js';

interface PictureProps {
  lab: string;
  sha256: string;
  words: string;
  className?: string;
}
/** A picture as it was sent, on white. */
export function Picture({ lab, sha256, words, className = '' }: PictureProps) {
  const [broken, setBroken] = useState(false);
  const source = useValueSource(lab);
  const url = useUrl(() => source.pictureUrl(sha256), sha256);
  if (broken || url === null)
    return (
      <span className={`picture broken ${className}`}>
        This picture could not be loaded. It is stored; try again later.
      </span>
    );
  return (
    <img
      className={`picture ${className}`}
      src={url}
      alt={words}
      loading="lazy"
      decoding="async"
      draggable={false}
      onError={() => setBroken(true)}
    />
  );
}
