/** An expression's value for one answer, within its budget. */
import { compute } from './arithmetic.js';
import { contains, equal, isNumber, order, plain } from './compare.js';
import { call, isTrue } from './functions.js';
import type { Comparison, Expression } from './parse.js';
import { bool, float, int, Raises, type Budget, type Item } from './values.js';

export function evaluate(expression: Expression, x: Item, budget: Budget): Item {
  budget.spend();
  const of = (inner: Expression): Item => evaluate(inner, x, budget);
  switch (expression.k) {
    case 'x':
      return x;
    case 'literal':
      return expression.item;
    case 'display': {
      const items = expression.items.map(of);
      if (expression.of === 'set') return call('set', [{ k: 'list', items, type: 'list' }], new Map(), budget);
      return { k: expression.of, items, type: expression.of };
    }
    case 'dict': {
      const entries = expression.entries.map(([key, item]): [Item, Item] => [of(key), of(item)]);
      return { k: 'dict', entries, length: entries.length, type: 'dict' };
    }
    case 'not':
      return bool(!isTrue(of(expression.of)));
    case 'plus':
    case 'minus': {
      const item = of(expression.of);
      if (!isNumber(item)) throw new Raises('this is no number');
      const value = plain(item);
      if (expression.k === 'plus') return item;
      return typeof value === 'bigint' ? int(-value) : float(-value);
    }
    case 'and': {
      const left = of(expression.left);
      return isTrue(left) ? of(expression.right) : left;
    }
    case 'or': {
      const left = of(expression.left);
      return isTrue(left) ? left : of(expression.right);
    }
    case 'arithmetic':
      return compute(expression.op, of(expression.left), of(expression.right), budget);
    case 'compare': {
      let left = of(expression.first);
      for (const [op, next] of expression.rest) {
        const right = of(next);
        if (!compares(op, left, right, budget)) return bool(false);
        left = right;
      }
      return bool(true);
    }
    case 'index':
      return itemAt(of(expression.of), of(expression.at), budget);
    case 'call': {
      const args = expression.args.map(of);
      const named = new Map([...expression.named].map(([name, inner]) => [name, of(inner)]));
      return call(expression.name, args, named, budget);
    }
    default:
      return expression satisfies never;
  }
}

function compares(op: Comparison, a: Item, b: Item, budget: Budget): boolean {
  switch (op) {
    case '==':
      return equal(a, b, budget);
    case '!=':
      return !equal(a, b, budget);
    case '<':
      return order(a, b, budget) < 0;
    case '<=':
      return order(a, b, budget) <= 0;
    case '>':
      return order(a, b, budget) > 0;
    case '>=':
      return order(a, b, budget) >= 0;
    case 'in':
      return isIn(a, b, budget);
    case 'not in':
      return !isIn(a, b, budget);
    case 'is':
      return isSame(a, b);
    case 'is not':
      return !isSame(a, b);
    default:
      return op satisfies never;
  }
}

/** `x is None`, `x is True`; of others Python's answer depends on where they lie in memory. */
function isSame(a: Item, b: Item): boolean {
  if (a.k === 'none' || b.k === 'none') return a.k === b.k;
  return a.k === 'bool' && b.k === 'bool' && a.v === b.v;
}

function isIn(item: Item, of: Item, budget: Budget): boolean {
  if (of.k === 'str') {
    if (item.k !== 'str') throw new Raises('only a text is in a text');
    // At worst each place is looked at with all of what is sought.
    budget.spend(Math.ceil(of.v.length / 50) + Math.ceil((of.v.length * item.v.length) / 100_000));
    return of.v.includes(item.v);
  }
  if (of.k === 'dict') return of.entries.some(([key]) => equal(key, item, budget));
  if (of.k !== 'list' && of.k !== 'tuple' && of.k !== 'set') throw new Raises('this has no items');
  return contains(of.items, item, budget);
}

function itemAt(of: Item, at: Item, budget: Budget): Item {
  if (of.k === 'dict') {
    const found = of.entries.find(([key]) => equal(key, at, budget));
    if (!found) throw new Raises('there is no such key');
    return found[1];
  }
  const isIndexed = of.k === 'list' || of.k === 'tuple' || of.k === 'str';
  if (!isIndexed || (at.k !== 'int' && at.k !== 'bool')) throw new Raises('this has no items to take by number');
  const place = Number(plain(at));
  const items: Item[] = of.k === 'str' ? [...of.v].map((char) => ({ k: 'str', v: char, type: 'str' })) : of.items;
  budget.spend(of.k === 'str' ? 1 + Math.ceil(of.v.length / 10) : 1);
  const item = items[place < 0 ? items.length + place : place];
  if (!item) throw new Raises('it has fewer items');
  return item;
}
