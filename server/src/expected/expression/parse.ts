/** An expression's text as a tree: Lezer's Python grammar, of which a small part is allowed. */
import { parser } from '@lezer/python';
import type { SyntaxNode } from '@lezer/common';
import { parsePythonLiteral } from '@nbpulse/schema/wire';
import { Budget, itemOf, type Item } from './values.js';

export type Arithmetic = '+' | '-' | '*' | '/' | '//' | '%' | '**';
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in' | 'is' | 'is not';
export type Expression =
  | { k: 'x' }
  | { k: 'literal'; item: Item }
  | { k: 'display'; of: 'list' | 'tuple' | 'set'; items: Expression[] }
  | { k: 'dict'; entries: [Expression, Expression][] }
  | { k: 'not' | 'minus' | 'plus'; of: Expression }
  | { k: 'and' | 'or'; left: Expression; right: Expression }
  | { k: 'arithmetic'; op: Arithmetic; left: Expression; right: Expression }
  | { k: 'compare'; first: Expression; rest: [Comparison, Expression][] }
  | { k: 'index'; of: Expression; at: Expression }
  | { k: 'call'; name: string; args: Expression[]; named: Map<string, Expression> };

/** Why a text is no expression; `at` counts its characters from 1. */
export class NotAllowed extends Error {
  constructor(
    readonly at: number,
    message: string,
  ) {
    super(message);
  }
}

const arithmetic = new Set<string>(['+', '-', '*', '/', '//', '%', '**']);
const comparisons = new Set<string>(['==', '!=', '<', '<=', '>', '>=', 'in', 'not in', 'is', 'is not']);
const types = ['int', 'float', 'str', 'bool', 'list', 'tuple', 'set', 'dict'];
const mostDepth = 300;
/** What is wrong with a call of this function, or null. */
type CallProblem = (name: string, args: number, names: Iterable<string>) => string | null;

/** @param functions names that can be called. Throws `NotAllowed`. */
export function parseExpression(text: string, functions: ReadonlySet<string>, callProblem: CallProblem): Expression {
  const tree = parser.parse(text);
  const cursor = tree.cursor();
  do {
    if (cursor.type.isError) throw new NotAllowed(cursor.from + 1, wordsOf(text, cursor.from));
  } while (cursor.next());
  const [statement, ...more] = children(tree.topNode).filter((node) => node.name !== 'Comment');
  const extra = more[0];
  if (extra) throw new NotAllowed(extra.from + 1, 'One expression is enough: write it on one line, joined by “and”');
  if (!statement) throw new NotAllowed(1, 'Write an expression about x, such as 0 < x < 1');
  if (statement.name === 'AssignStatement') {
    throw new NotAllowed(statement.from + 1, 'This assigns. To compare, write two equals signs: x == 1');
  }
  const parts = children(statement);
  const root = parts[0];
  if (statement.name !== 'ExpressionStatement' || parts.length !== 1 || !root) {
    throw new NotAllowed(statement.from + 1, 'Write one expression about x, such as 0 < x < 1');
  }
  const reader = new Reader(text, functions, callProblem);
  const expression = reader.read(root, 0);
  if (!reader.usesX) throw new NotAllowed(1, 'The expression does not mention x, the answer');
  return expression;
}

function wordsOf(text: string, at: number): string {
  return at >= text.trimEnd().length
    ? 'Something is missing at the end'
    : `“${text.slice(at, at + 10)}” does not fit here`;
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}
const isMark = ({ name }: SyntaxNode): boolean => /^[()[\]{},:]$/.test(name);

class Reader {
  usesX = false;
  constructor(
    readonly text: string,
    readonly functions: ReadonlySet<string>,
    readonly callProblem: CallProblem,
  ) {}

  read(node: SyntaxNode, depth: number): Expression {
    if (depth > mostDepth) throw new NotAllowed(node.from + 1, 'This is nested too deep');
    const parts = children(node);
    const inner = parts.filter((part) => !isMark(part));
    const readAll = (nodes: SyntaxNode[]) => nodes.map((part) => this.read(part, depth + 1));
    switch (node.name) {
      case 'Number':
      case 'String':
      case 'Boolean':
      case 'None':
        return this.#literal(node);
      case 'VariableName':
        return this.#name(node);
      case 'ParenthesizedExpression': {
        const [only] = inner;
        if (only && inner.length === 1) return this.read(only, depth + 1);
        break;
      }
      case 'ArrayExpression':
        return { k: 'display', of: 'list', items: readAll(inner) };
      case 'TupleExpression':
        return { k: 'display', of: 'tuple', items: readAll(inner) };
      case 'SetExpression':
        return { k: 'display', of: 'set', items: readAll(inner) };
      case 'DictionaryExpression':
        return { k: 'dict', entries: this.#entries(inner, depth) };
      case 'UnaryExpression':
        return this.#unary(node, inner, depth);
      case 'BinaryExpression':
        return this.#binary(node, parts, depth);
      case 'MemberExpression':
        return this.#index(node, parts, depth);
      case 'CallExpression':
        return this.#call(node, parts, depth);
    }
    const what = this.text.slice(node.from, node.from + 20);
    throw new NotAllowed(node.from + 1, `“${what}” is not part of these expressions`);
  }

  #literal(node: SyntaxNode): Expression {
    const value = parsePythonLiteral(this.text.slice(node.from, node.to));
    if (!value || value.t === 'complex') {
      throw new NotAllowed(node.from + 1, 'This literal is not known here. Expect it as a value instead');
    }
    return { k: 'literal', item: itemOf(value, new Budget()) };
  }

  #name(node: SyntaxNode): Expression {
    const name = this.text.slice(node.from, node.to);
    if (name === 'x') {
      this.usesX = true;
      return { k: 'x' };
    }
    if (types.includes(name)) return { k: 'literal', item: { k: 'type', name } };
    if (name === 'nan' || name === 'inf')
      return { k: 'literal', item: { k: 'float', v: name === 'nan' ? NaN : Infinity, type: 'float' } };
    const known = [...this.functions].join(', ');
    throw new NotAllowed(node.from + 1, `“${name}” is not known. The answer is x; there are the functions ${known}`);
  }

  #entries(inner: SyntaxNode[], depth: number): [Expression, Expression][] {
    const entries: [Expression, Expression][] = [];
    for (let at = 0; at < inner.length; at += 2) {
      const [key, item] = [inner[at], inner[at + 1]];
      if (key && item) entries.push([this.read(key, depth + 1), this.read(item, depth + 1)]);
    }
    return entries;
  }

  #unary(node: SyntaxNode, [operator, operand]: SyntaxNode[], depth: number): Expression {
    const op = operator && this.text.slice(operator.from, operator.to);
    const k = op === 'not' ? 'not' : op === '-' ? 'minus' : op === '+' ? 'plus' : null;
    if (k === null || !operand) throw new NotAllowed(node.from + 1, `“${op ?? ''}” is not part of these expressions`);
    return { k, of: this.read(operand, depth + 1) };
  }

  #binary(node: SyntaxNode, parts: SyntaxNode[], depth: number): Expression {
    const [left, right] = [parts[0], parts.at(-1)];
    if (!left || !right || parts.length < 3) throw new NotAllowed(node.from + 1, 'Something is missing here');
    const op = parts
      .slice(1, -1)
      .map((part) => this.text.slice(part.from, part.to))
      .join(' ');
    if (comparisons.has(op)) {
      const rest: [Comparison, Expression] = [op as Comparison, this.read(right, depth + 1)];
      const first = this.read(left, depth + 1);
      // `0 < x < 1`: the tree leans to the left; brackets would say otherwise.
      if (left.name === 'BinaryExpression' && first.k === 'compare') return { ...first, rest: [...first.rest, rest] };
      return { k: 'compare', first, rest: [rest] };
    }
    const sides = { left: this.read(left, depth + 1), right: this.read(right, depth + 1) };
    if (op === 'and' || op === 'or') return { k: op, ...sides };
    if (arithmetic.has(op)) return { k: 'arithmetic', op: op as Arithmetic, ...sides };
    const at = parts[1]?.from ?? node.from;
    throw new NotAllowed(at + 1, `“${op}” is not part of these expressions`);
  }

  #index(node: SyntaxNode, parts: SyntaxNode[], depth: number): Expression {
    const [of, open, at, close] = parts;
    if (open?.name === '.') {
      const words =
        'There are no attributes or methods here: write lower(x) instead of x.lower(), len(x) instead of x.size';
      throw new NotAllowed(open.from + 1, words);
    }
    if (!of || !at || close?.name !== ']' || parts.length !== 4) {
      throw new NotAllowed(node.from + 1, 'Take one item, x[0] or x["name"]; parts such as x[1:3] are not known here');
    }
    return { k: 'index', of: this.read(of, depth + 1), at: this.read(at, depth + 1) };
  }

  #call(node: SyntaxNode, [called, list]: SyntaxNode[], depth: number): Expression {
    const name = called ? this.text.slice(called.from, called.to) : '';
    if (called?.name !== 'VariableName' || !this.functions.has(name)) {
      const known = [...this.functions].join(', ');
      throw new NotAllowed(node.from + 1, `“${name.slice(0, 20)}” cannot be called here. There are ${known}`);
    }
    const args: Expression[] = [];
    const named = new Map<string, Expression>();
    const inner = list ? children(list).filter((part) => !isMark(part)) : [];
    for (let at = 0; at < inner.length; at++) {
      const [part, next, value] = [inner[at], inner[at + 1], inner[at + 2]];
      if (!part) continue;
      if (next?.name === 'AssignOp' && value) {
        named.set(this.text.slice(part.from, part.to), this.read(value, depth + 1));
        at += 2;
      } else args.push(this.read(part, depth + 1));
    }
    const problem = this.callProblem(name, args.length, named.keys());
    if (problem !== null) throw new NotAllowed(node.from + 1, problem);
    return { k: 'call', name, args, named };
  }
}
