/** The functions that an expression may call. */
import { compute } from './arithmetic.js';
import { equal, isNumber, order, plain } from './compare.js';
import { bool, CannotTell, float, int, list, Raises, str, type Budget, type Item } from './values.js';

type Call = (args: Item[], budget: Budget, named: ReadonlyMap<string, Item>) => Item;

function itemsOf(item: Item | undefined, budget: Budget): Item[] {
  let items: Item[];
  if (item?.k === 'list' || item?.k === 'tuple' || item?.k === 'set') ({ items } = item);
  else if (item?.k === 'dict') items = item.entries.map(([key]) => key);
  else if (item?.k === 'str') items = [...item.v].map((char) => ({ k: 'str', v: char, type: 'str' }));
  else throw new Raises('this has no items');
  budget.spend(items.length);
  return items;
}

function textOf(item: Item | undefined): string {
  if (item?.k !== 'str') throw new Raises('this is no text');
  return item.v;
}

function numberOf(item: Item | undefined): bigint | number {
  if (!item || !isNumber(item)) throw new Raises('this is no number');
  return plain(item);
}

export function isTrue(item: Item): boolean {
  switch (item.k) {
    case 'none':
      return false;
    case 'bool':
      return item.v;
    case 'int':
      return item.v !== 0n;
    case 'float':
      return item.v !== 0;
    case 'str':
      return item.v !== '';
    case 'list':
    case 'tuple':
    case 'set':
      return item.items.length > 0;
    case 'dict':
      return item.length > 0;
    case 'type':
    case 'opaque':
      return true;
    default:
      return item satisfies never;
  }
}

/** Of several, or of the items of one. */
const best =
  (sign: 1 | -1): Call =>
  (args, budget) => {
    const items = args.length === 1 ? itemsOf(args[0], budget) : args;
    const [first, ...rest] = items;
    if (!first) throw new Raises('there is none');
    return rest.reduce((found, item) => (sign * order(item, found, budget) > 0 ? item : found), first);
  };

/** To so many digits; halves go to the even neighbour. */
function rounded(value: number, digits: number): number {
  if (!Number.isFinite(value)) return value;
  if (digits > 20) return value;
  const scale = 10 ** digits;
  const scaled = value * scale;
  const isHalf = Math.abs(scaled - Math.trunc(scaled)) === 0.5 && scaled / scale === value;
  if (isHalf) return (2 * Math.round(scaled / 2)) / scale;
  return digits < 0 ? Math.round(scaled) / scale : Number(value.toFixed(digits));
}

const mostParsed = 5_000;
function wholeNumber(item: Item | undefined): bigint {
  if (item?.k === 'str') {
    const text = item.v.trim();
    if (text.length > mostParsed || !/^[+-]?\d+$/.test(text)) throw new Raises('this text is no whole number');
    return text.startsWith('+') ? BigInt(text.slice(1)) : BigInt(text);
  }
  const value = numberOf(item);
  if (typeof value === 'bigint') return value;
  if (!Number.isFinite(value)) throw new Raises('this is no whole number');
  return BigInt(Math.trunc(value));
}

function floatOf(item: Item | undefined): number {
  if (item?.k !== 'str') return Number(numberOf(item));
  const text = item.v.trim().toLowerCase();
  const named = /^([+-]?)(nan|inf(?:inity)?)$/.exec(text);
  if (named) return named[2] === 'nan' ? NaN : named[1] === '-' ? -Infinity : Infinity;
  if (text.length > mostParsed || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(text))
    throw new Raises('this text is no number');
  return Number(text);
}

function printed(item: Item | undefined): string {
  switch (item?.k) {
    case 'none':
      return 'None';
    case 'bool':
      return item.v ? 'True' : 'False';
    case 'int':
      return item.v.toString();
    case 'float':
      return Number.isInteger(item.v) && Math.abs(item.v) < 1e16
        ? `${String(item.v)}.0`
        : String(item.v).toLowerCase().replace('infinity', 'inf');
    case 'str':
      return item.v;
    default:
      throw new Raises('only numbers and texts print here');
  }
}

function typeOf(item: Item): string {
  if (item.k === 'none') return 'NoneType';
  return item.k === 'type' ? 'type' : item.type;
}

function sorted(items: Item[], budget: Budget): Item[] {
  return [...items].sort((a, b) => order(a, b, budget) || 0);
}

const named = (from: ReadonlyMap<string, Item>, name: string, otherwise: number): number =>
  from.has(name) ? Number(numberOf(from.get(name))) : otherwise;

/** Name, least and most arguments, what it does; names of arguments where it has any. */
const functions: Record<string, { least: number; most: number; names?: string[]; call: Call }> = {
  abs: {
    least: 1,
    most: 1,
    call([item]) {
      const value = numberOf(item);
      return typeof value === 'bigint' ? int(value < 0n ? -value : value) : float(Math.abs(value));
    },
  },
  len: {
    least: 1,
    most: 1,
    call: ([item], budget) => int(BigInt(item?.k === 'dict' ? item.length : itemsOf(item, budget).length)),
  },
  round: {
    least: 1,
    most: 2,
    call([item, digits]) {
      const value = numberOf(item);
      const places = digits === undefined ? 0 : Number(wholeNumber(digits));
      if (typeof value === 'bigint' && places >= 0) return int(value);
      const result = rounded(Number(value), Math.max(places, -20));
      if (digits !== undefined && typeof value !== 'bigint') return float(result);
      if (!Number.isFinite(result)) throw new Raises('this is no whole number');
      return int(BigInt(result));
    },
  },
  min: { least: 1, most: 100, call: best(-1) },
  max: { least: 1, most: 100, call: best(1) },
  sum: {
    least: 1,
    most: 1,
    call: ([items], budget) => itemsOf(items, budget).reduce((sum, item) => compute('+', sum, item, budget), int(0n)),
  },
  sorted: { least: 1, most: 1, call: ([items], budget) => list(sorted(itemsOf(items, budget), budget)) },
  any: { least: 1, most: 1, call: ([items], budget) => bool(itemsOf(items, budget).some(isTrue)) },
  all: { least: 1, most: 1, call: ([items], budget) => bool(itemsOf(items, budget).every(isTrue)) },
  str: { least: 1, most: 1, call: ([item], budget) => str(printed(item), budget) },
  int: { least: 1, most: 1, call: ([item]) => int(wholeNumber(item)) },
  float: { least: 1, most: 1, call: ([item]) => float(floatOf(item)) },
  bool: { least: 1, most: 1, call: ([item]) => bool(item !== undefined && isTrue(item)) },
  list: { least: 1, most: 1, call: ([items], budget) => list(itemsOf(items, budget)) },
  tuple: {
    least: 1,
    most: 1,
    call: ([items], budget) => ({ k: 'tuple', items: itemsOf(items, budget), type: 'tuple' }),
  },
  set: {
    least: 1,
    most: 1,
    call([items], budget) {
      const kept: Item[] = [];
      for (const item of itemsOf(items, budget)) if (!kept.some((one) => equal(one, item, budget))) kept.push(item);
      return { k: 'set', items: kept, type: 'set' };
    },
  },
  type: { least: 1, most: 1, call: ([item]) => ({ k: 'type', name: item ? typeOf(item) : '' }) },
  lower: { least: 1, most: 1, call: ([item], budget) => str(textOf(item).toLowerCase(), budget) },
  upper: { least: 1, most: 1, call: ([item], budget) => str(textOf(item).toUpperCase(), budget) },
  strip: { least: 1, most: 1, call: ([item], budget) => str(textOf(item).trim(), budget) },
  isnan: { least: 1, most: 1, call: ([item]) => bool(Number.isNaN(numberOf(item))) },
  isclose: {
    least: 2,
    most: 4,
    names: ['rel_tol', 'abs_tol'],
    call([left, right, third, fourth], _budget, given) {
      const [a, b] = [Number(numberOf(left)), Number(numberOf(right))];
      const relative = third ? Number(numberOf(third)) : named(given, 'rel_tol', 1e-9);
      const absolute = fourth ? Number(numberOf(fourth)) : named(given, 'abs_tol', 0);
      if (a === b) return bool(true);
      if (!Number.isFinite(a) || !Number.isFinite(b)) return bool(false);
      return bool(Math.abs(a - b) <= Math.max(relative * Math.max(Math.abs(a), Math.abs(b)), absolute));
    },
  },
};

export const functionNames: ReadonlySet<string> = new Set(Object.keys(functions));

/** @returns what is wrong with how a function is called, or null */
export function callProblem(name: string, args: number, names: Iterable<string>): string | null {
  const known = functions[name];
  if (!known) return `“${name}” is not known`;
  const foreign = [...names].find((one) => !known.names?.includes(one));
  if (foreign !== undefined) return `${name} has no argument “${foreign}”`;
  if (args >= known.least && args <= known.most) return null;
  const many = known.least === known.most ? String(known.least) : `${String(known.least)} to ${String(known.most)}`;
  return `${name} takes ${many} ${many === '1' ? 'argument' : 'arguments'}, not ${String(args)}`;
}

export function call(name: string, args: Item[], given: ReadonlyMap<string, Item>, budget: Budget): Item {
  const known = functions[name];
  if (!known) throw new CannotTell(`${name} is not known`);
  budget.spend(1 + args.length);
  return known.call(args, budget, given);
}
