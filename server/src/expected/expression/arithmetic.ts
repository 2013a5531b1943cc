/** `+ - * / // % **` of numbers; `+` of texts and lists. Whole numbers stay whole and exact, as in Python. */
import { isNumber, plain } from './compare.js';
import type { Arithmetic } from './parse.js';
import { CannotTell, float, int, list, Raises, str, type Budget, type Item } from './values.js';

const mostItems = 10_000;

export function compute(op: Arithmetic, a: Item, b: Item, budget: Budget): Item {
  budget.spend();
  if (op === '+') {
    if (a.k === 'str' && b.k === 'str') return str(a.v + b.v, budget);
    if ((a.k === 'list' && b.k === 'list') || (a.k === 'tuple' && b.k === 'tuple')) {
      if (a.items.length + b.items.length > mostItems) throw new CannotTell('a list that is too long');
      budget.spend(a.items.length + b.items.length);
      return { ...list([...a.items, ...b.items]), k: a.k, type: a.k } as Item;
    }
  }
  if (!isNumber(a) || !isNumber(b)) throw new Raises(`${op} is for numbers`);
  const [left, right] = [plain(a), plain(b)];
  if (typeof left === 'bigint' && typeof right === 'bigint') return ofInts(op, left, right);
  return float(ofFloats(op, Number(left), Number(right)));
}

function ofInts(op: Arithmetic, a: bigint, b: bigint): Item {
  switch (op) {
    case '+':
      return int(a + b);
    case '-':
      return int(a - b);
    case '*':
      return int(a * b);
    case '/':
      return float(ofFloats('/', Number(a), Number(b)));
    case '//':
    case '%': {
      if (b === 0n) throw new Raises('division by zero');
      const rest = a % b;
      // Towards minus infinity, and the rest has the sign of what one divides by.
      const below = rest !== 0n && rest < 0n !== b < 0n;
      return int(op === '%' ? (below ? rest + b : rest) : below ? a / b - 1n : a / b);
    }
    case '**':
      return power(a, b);
    default:
      return op satisfies never;
  }
}

const mostBits = 20_000;
function power(base: bigint, exponent: bigint): Item {
  if (exponent < 0n) return float(ofFloats('**', Number(base), Number(exponent)));
  const size = base < 0n ? -base : base;
  if (size > 1n && BigInt(size.toString(2).length) * exponent > BigInt(mostBits) + exponent) {
    throw new CannotTell('a number of too many digits');
  }
  // 0, 1 and -1 to any power.
  return int(size > 1n ? base ** exponent : exponent === 0n ? 1n : exponent % 2n === 0n ? size : base);
}

function ofFloats(op: Arithmetic, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
    case '//':
    case '%': {
      if (b === 0) throw new Raises('division by zero');
      if (op === '/') return a / b;
      if (op === '//') return Math.floor(a / b);
      const rest = a % b;
      return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
    }
    case '**': {
      if (a === 0 && b < 0) throw new Raises('division by zero');
      if (a < 0 && !Number.isInteger(b) && Number.isFinite(b)) throw new Raises('a complex number');
      return a ** b;
    }
    default:
      return op satisfies never;
  }
}
