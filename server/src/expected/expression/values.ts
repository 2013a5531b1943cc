/** Answers as expressions see them: Python's plain types. What none of them can show is *opaque*: only its type is known. */
import { decodeText, isNumericDtype, type CellJson, type FrameColumn, type Value } from '@nbpulse/schema/wire';

export type Item =
  | { k: 'none' }
  | { k: 'bool'; v: boolean; type: string }
  | { k: 'int'; v: bigint; type: string }
  | { k: 'float'; v: number; type: string }
  | { k: 'str'; v: string; type: string }
  | { k: 'list' | 'tuple' | 'set'; items: Item[]; type: string }
  /** `length`: of a table, its rows. */
  | { k: 'dict'; entries: [Item, Item][]; length: number; type: string }
  | { k: 'type'; name: string }
  | { k: 'opaque'; type: string };

/** The expression raises for this answer, as Python would: the answer is not what was asked for. */
export class Raises extends Error {}
/** It cannot be told: the answer was cut, or is more than an expression may look at. */
export class CannotTell extends Error {}

/** All that one judgement may do, in steps: looking at an item, comparing two, 50 characters of a text. */
export class Budget {
  #left = 20_000;
  spend(steps = 1): void {
    this.#left -= steps;
    if (this.#left < 0) throw new CannotTell('too many steps');
  }
}

export const none: Item = { k: 'none' };
export const bool = (v: boolean): Item => ({ k: 'bool', v, type: 'bool' });
export const float = (v: number): Item => ({ k: 'float', v, type: 'float' });
export const list = (items: Item[]): Item => ({ k: 'list', items, type: 'list' });

const mostBits = 20_000n;
const tooLarge = 1n << mostBits;
export function int(v: bigint): Item {
  if (v >= tooLarge || v <= -tooLarge) throw new CannotTell('a number of too many digits');
  return { k: 'int', v, type: 'int' };
}
const mostText = 200_000;
export function str(v: string, budget: Budget): Item {
  if (v.length > mostText) throw new CannotTell('a text that is too long');
  budget.spend(1 + Math.ceil(v.length / 50));
  return { k: 'str', v, type: 'str' };
}

function real(json: string | number): number {
  if (typeof json === 'number') return json;
  return json === 'nan' ? NaN : json === 'inf' ? Infinity : json === '-inf' ? -Infinity : Number(json);
}

export function itemOf(value: Value, budget: Budget): Item {
  budget.spend();
  switch (value.t) {
    case 'none':
      return none;
    case 'bool':
      return { k: 'bool', v: value.v, type: value.dtype ?? 'bool' };
    case 'int':
      return { ...int(BigInt(value.v)), type: value.dtype ?? 'int' } as Item;
    case 'float':
      return { k: 'float', v: real(value.v), type: value.dtype ?? 'float' };
    case 'str':
      return textItem(value, budget, 'str');
    case 'code':
      return textItem(value.src, budget, value.kind === 'class' ? 'type' : 'function');
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset': {
      whole(value.n === value.v.length);
      const k = value.t === 'frozenset' ? 'set' : value.t;
      return { k, items: value.v.map((item) => itemOf(item, budget)), type: value.t };
    }
    case 'dict':
      whole(value.n === value.v.length);
      return {
        k: 'dict',
        entries: value.v.map(([key, item]) => [itemOf(key, budget), itemOf(item, budget)]),
        length: value.n,
        type: 'dict',
      };
    case 'array': {
      if (/complex|^clongdouble/i.test(value.dtype)) return { k: 'opaque', type: 'ndarray' };
      whole(value.v.length === value.shape.reduce((product, side) => product * side, 1));
      const cells = value.v.map((json) => cellItem(json, value, budget));
      if (value.shape.length === 0) return cells[0] ?? none;
      return nested(cells, value.shape, value.lib === 'torch' ? 'Tensor' : 'ndarray');
    }
    case 'frame': {
      const [rows, columns] = value.shape;
      whole(value.columns.length === columns && value.columns.every((column) => column.v.length === rows));
      if (value.kind === 'series') return { ...columnItem(value.columns[0], budget), type: 'Series' } as Item;
      const entries = value.columns.map((column): [Item, Item] => [
        column.key ? itemOf(column.key, budget) : { k: 'str', v: column.name, type: 'str' },
        columnItem(column, budget),
      ]);
      return { k: 'dict', entries, length: rows, type: 'DataFrame' };
    }
    case 'object':
    case 'repr':
      return { k: 'opaque', type: value.cls.split('.').at(-1) ?? value.cls };
    case 'complex':
    case 'bytes':
    case 'datetime':
    case 'date':
    case 'time':
    case 'timedelta':
    case 'image':
    case 'error':
    case 'rich':
      return { k: 'opaque', type: value.t };
    default:
      return value satisfies never;
  }
}

function whole(isWhole: boolean): void {
  if (!isWhole) throw new CannotTell('the answer was cut');
}

function textItem(
  text: { v: string; esc?: true | undefined; cut?: unknown },
  budget: Budget,
  type: 'str' | 'type' | 'function',
): Item {
  whole(!text.cut);
  return { ...str(decodeText(text), budget), type } as Item;
}

function columnItem(column: FrameColumn | undefined, budget: Budget): Item {
  return list(column ? column.v.map((json) => cellItem(json, column, budget)) : []);
}

function cellItem(json: CellJson, of: { dtype: string; esc?: true | undefined }, budget: Budget): Item {
  budget.spend();
  if (json === null) return none;
  if (typeof json === 'object') return itemOf(json, budget);
  if (typeof json === 'boolean') return bool(json);
  if (typeof json === 'string' && !isNumericDtype(of.dtype)) {
    return str(decodeText({ v: json, ...(of.esc ? { esc: of.esc } : {}) }), budget);
  }
  const isWhole = /int|long|short|object/i.test(of.dtype) && /^-?\d+$/.test(String(json));
  return isWhole ? int(BigInt(json)) : float(real(json));
}

/** Flat cells in C order as lists of lists. */
function nested(cells: Item[], shape: number[], type: string): Item {
  const [rows = 0, ...rest] = shape;
  if (rest.length === 0) return { k: 'list', items: cells, type };
  const size = rest.reduce((product, side) => product * side, 1);
  const items =
    size === 0
      ? []
      : Array.from({ length: rows }, (_, at) => nested(cells.slice(at * size, (at + 1) * size), rest, type));
  return { k: 'list', items, type };
}
