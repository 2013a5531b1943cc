/** Which rows are picked, and from where Shift extends. Rows are named by their record, since indices move. */
export interface Selection {
  picked: ReadonlySet<string>;
  /** The row that keys act on. */
  at: string | null;
  anchor: string | null;
}
export const nothingPicked: Selection = { picked: new Set(), at: null, anchor: null };

/** @param ids all rows, in their order */
export function pick(
  selection: Selection,
  ids: readonly string[],
  id: string,
  how: 'only' | 'toggle' | 'extend',
): Selection {
  if (how === 'extend') {
    const from = ids.indexOf(selection.anchor ?? selection.at ?? id);
    const to = ids.indexOf(id);
    if (from !== -1 && to !== -1) {
      const picked = new Set(ids.slice(Math.min(from, to), Math.max(from, to) + 1));
      return { picked, at: id, anchor: ids[from] ?? id };
    }
  }
  if (how === 'toggle') {
    const picked = new Set(selection.picked);
    if (!picked.delete(id)) picked.add(id);
    return { picked, at: id, anchor: id };
  }
  const alone = selection.picked.size === 1 && selection.picked.has(id);
  return { picked: new Set(alone ? [] : [id]), at: id, anchor: id };
}
