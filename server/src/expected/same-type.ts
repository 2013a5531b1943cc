/** Whether two values have the same types all through: `2` and `2.0` have not, nor `np.int64(2)` and `2`, nor `[1]` and `(1,)`. */
import type { CellJson, FrameColumn, Value } from '@nbpulse/schema/wire';

/** Lists of different length are never equal anyway: types are compared as far as both go. */
export function sameType(a: Value, b: Value): boolean {
  switch (a.t) {
    case 'bool':
    case 'int':
    case 'float':
    case 'complex':
    case 'datetime':
    case 'date':
    case 'time':
    case 'timedelta':
      return a.t === b.t && a.dtype === b.dtype;
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
      return a.t === b.t && (a.t === 'list' || a.t === 'tuple' ? eachSame(a.v, b.v) : sameTypes(a.v, b.v));
    case 'dict':
      return a.t === b.t && sameTypes(a.v.flat(), b.v.flat());
    case 'object':
      return a.t === b.t && a.cls === b.cls && eachSame(fields(a.fields), fields(b.fields));
    case 'array':
      return a.t === b.t && a.lib === b.lib && a.dtype === b.dtype && cellsSame(a.v, b.v);
    case 'frame':
      return (
        a.t === b.t &&
        a.lib === b.lib &&
        a.kind === b.kind &&
        a.columns.every((column, at) => columnSame(column, b.columns[at])) &&
        columnSame(a.index, b.index)
      );
    case 'repr':
      return a.t === b.t && a.cls === b.cls;
    case 'none':
    case 'str':
    case 'bytes':
    case 'image':
    case 'code':
    case 'error':
    case 'rich':
      return a.t === b.t;
    default:
      return a satisfies never;
  }
}

const fields = (named: [string, Value][]): Value[] => named.map(([, field]) => field);
const eachSame = (a: Value[], b: Value[]): boolean =>
  a.every((item, at) => {
    const other = b[at];
    return other === undefined || sameType(item, other);
  });

const columnSame = (a: FrameColumn | undefined, b: FrameColumn | undefined): boolean =>
  a === undefined || b === undefined || (a.dtype === b.dtype && cellsSame(a.v, b.v));

/** In a mixed column cells have types of their own. */
const cellsSame = (a: CellJson[], b: CellJson[]): boolean =>
  a.every((cell, at) => {
    const other = b[at] ?? null;
    if (cell === null || other === null) return true;
    if (typeof cell === 'object' || typeof other === 'object') {
      return typeof cell === 'object' && typeof other === 'object' && sameType(cell, other);
    }
    return typeof cell === typeof other;
  });

/** Of what has no order: the same types equally often, at the top of each part. */
function sameTypes(a: Value[], b: Value[]): boolean {
  const names = (values: Value[]): string => values.map(topType).sort().join();
  return a.length !== b.length || names(a) === names(b);
}

const topType = (value: Value): string =>
  [value.t, 'dtype' in value ? value.dtype : '', 'cls' in value ? value.cls : '', 'lib' in value ? value.lib : ''].join(
    ' ',
  );
