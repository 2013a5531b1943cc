/** Icons stand beside words, never for them; drawn on 16 px with the text's colour. */
const paths = {
  down: 'm5 6.5 3 3 3-3',
  right: 'm6.5 5 3 3-3 3',
  left: 'm9.5 5-3 3 3 3',
  x: 'm4.5 4.5 7 7m0-7-7 7',
  check: 'm3.5 8.5 3 3 6-7',
  flag: 'M4 14V2.500h7.500L9.5 5.500l2 3H4',
  up: 'M8 12.500v-9M4.5 7 8 3.5 11.5 7',
  copy: 'M5.5 5.500h8v8h-8zM3 10.500h-.5v-8h8V3',
  wifi: 'M2 6.500c3.5-3 8.5-3 12 0M4.5 9c2-1.7 5-1.7 7 0M8 12h.01M2.5 13.500l11-11',
  plus: 'M8 3.500v9M3.5 8h9',
  lock: 'M4 7.500h8v6H4zM5.5 7.500V5a2.5 2.5 0 0 1 5 0v2.5',
  clock: 'M8 2.500a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM8 5v3.200l2 1.3',
  redo: 'M12.5 6A5 5 0 1 0 13 9M12.5 2.500V6H9',
  search: 'M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l3.5 3.5',
  drop: 'M8 2.500v7M5 7l3 3 3-3M3 13.500h10',
  person: 'M8 2.500a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM3 13.500c.5-3 2.5-4.5 5-4.500s4.5 1.5 5 4.5',
  eye: 'M1.5 8S4 3.500 8 3.500 14.5 8 14.5 8 12 12.500 8 12.500 1.5 8 1.5 8zM3 13 13 3',
  plan: 'M2.5 12.500h3.500V9H9.500V5.500h4V2.500',
  save: 'M3 3h8l2 2v8H3zM5.5 3v3.500h4V3M5.5 13V9.500h5V13',
} as const;
type IconName = keyof typeof paths | 'theme' | 'more';

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="ic" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {name === 'theme' ? (
        <>
          <path d="M8 2.500v11a5.5 5.5 0 0 0 0-11z" fill="currentColor" />
          <circle cx="8" cy="8" r="5.5" />
        </>
      ) : name === 'more' ? (
        <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2.2" />
      ) : (
        <path d={paths[name]} />
      )}
    </svg>
  );
}

export function Logo({ width = 22 }: { width?: number }) {
  return (
    <svg
      width={width}
      height={(width * 18) / 22}
      viewBox="0 0 22 18"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M5 1.500H1.500v15H5M17 1.500h3.500v15H17" />
      <path d="M4.5 9.500h3l2-5 3 9 1.8-4h3.2" />
    </svg>
  );
}
