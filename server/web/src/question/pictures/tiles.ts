/** What the wall is made of: a tile for each different picture, under the group that it belongs to. */
import type { RecordView } from '@nbpulse/schema/wire';
import type { Group } from '../question-feed.js';

export interface Tile {
  /** Of the group and the picture. */
  key: string;
  group: Group;
  sha256: string;
  /** All who sent exactly this picture, oldest first. */
  records: readonly RecordView[];
}
export interface WallGroup {
  group: Group;
  tiles: readonly Tile[];
}

/** A picture comes with its record; one that does not (too long a preview) has no tile of its own. */
export const shaOf = (record: RecordView | undefined): string | null =>
  record?.value?.t === 'image' ? record.value.sha256 : null;

/** Groups of several pictures, or with a name, keep together; the rest, one picture each, stand in one common place. */
export function wallOf(
  groups: readonly Group[],
  isNamed: (group: Group) => boolean,
): { together: WallGroup[]; single: Tile[] } {
  const together: WallGroup[] = [];
  const single: Tile[] = [];
  for (const group of groups) {
    const bySha = new Map<string, RecordView[]>();
    for (const record of group.records) {
      const sha256 = shaOf(record);
      if (sha256 === null) continue;
      const own = bySha.get(sha256);
      if (own) own.push(record);
      else bySha.set(sha256, [record]);
    }
    const tiles = [...bySha]
      .map(([sha256, records]): Tile => ({ key: `${group.hash} ${sha256}`, group, sha256, records }))
      .sort((a, b) => b.records.length - a.records.length);
    if (tiles.length > 1 || isNamed(group)) together.push({ group, tiles });
    else single.push(...tiles);
  }
  return { together, single };
}

interface Box {
  left: number;
  top: number;
  width: number;
}
/** Index of the tile that an arrow leads to: beside it in reading order, above or below by where it stands. */
export function stepTo(boxes: readonly Box[], from: number, key: string): number | null {
  const last = boxes.length - 1;
  switch (key) {
    case 'ArrowRight':
      return Math.min(last, from + 1);
    case 'ArrowLeft':
      return Math.max(0, from - 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'ArrowDown':
    case 'ArrowUp': {
      const own = boxes[from];
      if (!own) return null;
      const sign = key === 'ArrowDown' ? 1 : -1;
      const beyond = boxes.filter((box) => (box.top - own.top) * sign > 1);
      if (beyond.length === 0) return from;
      const rowTop = sign === 1 ? Math.min(...beyond.map((box) => box.top)) : Math.max(...beyond.map((box) => box.top));
      const centre = own.left + own.width / 2;
      const row = beyond.filter((box) => Math.abs(box.top - rowTop) <= 1);
      const nearest = row.reduce((best, box) =>
        Math.abs(box.left + box.width / 2 - centre) < Math.abs(best.left + best.width / 2 - centre) ? box : best,
      );
      return boxes.indexOf(nearest);
    }
    default:
      return null;
  }
}
