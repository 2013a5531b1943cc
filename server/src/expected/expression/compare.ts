/** Equality and order, as Python has them: `1 == 1.0 == True`, NaN equals nothing, a list is no tuple. */
import { Raises, type Budget, type Item } from './values.js';

type Numeric = Extract<Item, { k: 'bool' | 'int' | 'float' }>;
export const isNumber = (item: Item): item is Numeric => item.k === 'bool' || item.k === 'int' || item.k === 'float';
/** Whole numbers as bigint, so that JavaScript compares them with floats exactly. */
export const plain = (item: Numeric): bigint | number => (item.k === 'bool' ? BigInt(item.v) : item.v);

export function equal(a: Item, b: Item, budget: Budget): boolean {
  budget.spend();
  // Mixed on purpose: JavaScript compares a bigint with a number by value.
  if (isNumber(a) && isNumber(b)) return looselyEqual(plain(a), plain(b));
  if (a.k === 'type' || b.k === 'type') return typeName(a) !== null && typeName(a) === typeName(b);
  if (a.k === 'str' && b.k === 'str') {
    budget.spend(Math.ceil(Math.min(a.v.length, b.v.length) / 50));
    return a.v === b.v;
  }
  if (a.k === 'none' || b.k === 'none') return a.k === b.k;
  if ((a.k === 'list' && b.k === 'list') || (a.k === 'tuple' && b.k === 'tuple')) {
    return a.items.length === b.items.length && a.items.every((item, at) => sameAt(item, b.items[at], budget));
  }
  if (a.k === 'set' && b.k === 'set') {
    return a.items.length === b.items.length && a.items.every((item) => contains(b.items, item, budget));
  }
  if (a.k === 'dict' && b.k === 'dict') {
    return (
      a.entries.length === b.entries.length &&
      a.entries.every(([key, item]) =>
        b.entries.some(([other, its]) => equal(key, other, budget) && equal(item, its, budget)),
      )
    );
  }
  return false;
}

const looselyEqual = (a: bigint | number, b: bigint | number): boolean => a <= b && a >= b;

const sameAt = (a: Item, b: Item | undefined, budget: Budget): boolean => b !== undefined && equal(a, b, budget);

/** `type(x) == int` and `type(x) == "int64"` both read well. */
const typeName = (item: Item): string | null => (item.k === 'type' ? item.name : item.k === 'str' ? item.v : null);

export const contains = (items: Item[], item: Item, budget: Budget): boolean =>
  items.some((one) => equal(one, item, budget));

/** Negative, zero or positive; NaN when they have no order. Raises for what Python does not order. */
export function order(a: Item, b: Item, budget: Budget): number {
  budget.spend();
  if (isNumber(a) && isNumber(b)) {
    const [left, right] = [plain(a), plain(b)];
    return left < right ? -1 : left > right ? 1 : looselyEqual(left, right) ? 0 : NaN;
  }
  if (a.k === 'str' && b.k === 'str') {
    budget.spend(Math.ceil(Math.min(a.v.length, b.v.length) / 50));
    return a.v < b.v ? -1 : a.v > b.v ? 1 : 0;
  }
  if ((a.k === 'list' && b.k === 'list') || (a.k === 'tuple' && b.k === 'tuple')) {
    for (const [at, item] of a.items.entries()) {
      const other = b.items[at];
      if (other === undefined) return 1;
      if (!equal(item, other, budget)) return order(item, other, budget);
    }
    return a.items.length - b.items.length;
  }
  throw new Raises('these have no order');
}
