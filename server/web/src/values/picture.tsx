import { useState } from 'react';
import { apiUrl } from '../address.js';

interface PictureProps {
  lab: string;
  sha256: string;
  words: string;
  className?: string;
}
/** A picture as it was sent, on white. */
export function Picture({ lab, sha256, words, className = '' }: PictureProps) {
  const [broken, setBroken] = useState(false);
  if (broken)
    return (
      <span className={`picture broken ${className}`}>
        This picture could not be loaded. It is stored; try again later.
      </span>
    );
  return (
    <img
      className={`picture ${className}`}
      src={apiUrl(`labs/${encodeURIComponent(lab)}/blobs/${sha256}`)}
      alt={words}
      loading="lazy"
      decoding="async"
      draggable={false}
      onError={() => setBroken(true)}
    />
  );
}
