import { useMemo } from 'react';
import { useModel } from '../class/lab-context.js';
import { useNames } from '../class/names.js';

const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();

/** Who is called so, as names are shown now; null when nothing is looked for. Accents and case do not matter. */
export function useFound(wanted: string): ReadonlySet<string> | null {
  const { nameOf } = useNames();
  const members = useModel((model) => model.members);
  const text = plain(wanted.trim());
  return useMemo(
    () => (text === '' ? null : new Set(members.filter((id) => plain(nameOf(id)).includes(text)))),
    [text, members, nameOf],
  );
}
