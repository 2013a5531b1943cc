/**
 * Code as its structure: the tokens of the syntax tree without comments, docstrings, annotations and layout, in which the names that
 * the code itself gives – its own, parameters, variables, aliases – are numbered in the order in which they appear.
 * Names from outside, attributes, keywords of calls, numbers and texts stay.
 */
import { parser } from '@lezer/python';
import type { SyntaxNode, Tree } from '@lezer/common';

/** Longer sources are compared by their hash alone. */
const mostChars = 50_000;

/** Null: it is no Python that could be read. */
export function codeTokens(source: string): string[] | null {
  if (source.length > mostChars) return null;
  const text = dedent(source);
  const tree = parser.parse(text);
  const cursor = tree.cursor();
  do {
    if (cursor.type.isError) return null;
  } while (cursor.next());
  return new Reader(text, tree).tokens;
}

function dedent(source: string): string {
  const lines = source.replace(/\r\n?/g, '\n').split('\n');
  const first = lines.find((line) => line.trim() !== '');
  const margin = /^[ \t]*/.exec(first ?? '')?.[0] ?? '';
  return margin === ''
    ? lines.join('\n')
    : lines.map((line) => (line.startsWith(margin) ? line.slice(margin.length) : line)).join('\n');
}

/** Statements whose whole expression may stand in brackets without a difference. */
const bracketsSayNothing = new Set([
  'ReturnStatement',
  'AssignStatement',
  'ExpressionStatement',
  'IfStatement',
  'WhileStatement',
  'ParenthesizedExpression',
  'ArgList',
]);
const closing = new Set([')', ']', '}']);

class Reader {
  readonly tokens: string[] = [];
  readonly #text: string;
  readonly #own: Set<string>;
  readonly #numbered = new Map<string, string>();

  constructor(text: string, tree: Tree) {
    this.#text = text;
    this.#own = namesGiven(tree, text);
    this.#read(tree.topNode);
  }

  #textOf = (node: SyntaxNode): string => this.#text.slice(node.from, node.to);

  #read(node: SyntaxNode): void {
    switch (node.name) {
      case 'Comment':
      case 'TypeDef':
      case ';':
        return;
      case 'Body':
        this.tokens.push('{');
        // Its first child is the colon.
        for (let child = node.firstChild?.nextSibling ?? null; child; child = child.nextSibling) this.#read(child);
        this.tokens.push('}');
        return;
      case 'ExpressionStatement':
        if (node.firstChild?.name === 'String' && node.firstChild.nextSibling === null) return;
        break;
      case 'PassStatement':
        // A body that was only a docstring is the same with a `pass` in it.
        return;
      case 'ParenthesizedExpression': {
        if (!bracketsSayNothing.has(node.parent?.name ?? '')) break;
        for (let child = node.firstChild; child; child = child.nextSibling) {
          if (child.name !== '(' && child.name !== ')') this.#read(child);
        }
        return;
      }
      case 'VariableName':
        this.tokens.push(isKeyword(node) ? this.#textOf(node) : this.#nameOf(this.#textOf(node)));
        return;
      case 'String':
        this.tokens.push(plainString(this.#textOf(node)));
        return;
      case 'FormatString':
        this.#readFormat(node);
        return;
      case 'Number':
        this.tokens.push(this.#textOf(node).toLowerCase().replaceAll('_', ''));
        return;
      default:
        break;
    }
    if (!node.firstChild) {
      const text = this.#textOf(node);
      // A comma before the end says nothing, but for the one that makes a tuple.
      if (closing.has(text) && this.tokens.at(-1) === ',' && node.parent?.name !== 'TupleExpression') this.tokens.pop();
      this.tokens.push(text);
      return;
    }
    for (let child = node.firstChild as SyntaxNode | null; child; child = child.nextSibling) this.#read(child);
    if (node.name.endsWith('Statement')) this.tokens.push(';');
  }

  #nameOf(name: string): string {
    if (!this.#own.has(name)) return name;
    let number = this.#numbered.get(name);
    if (number === undefined) this.#numbered.set(name, (number = `$${String(this.#numbered.size)}`));
    return number;
  }

  /** The text between what is put in is no node of its own. */
  #readFormat(node: SyntaxNode): void {
    let from = node.from;
    for (let child = node.firstChild; child; child = child.nextSibling) {
      this.tokens.push(`f:${this.#text.slice(from, child.from)}`);
      this.#read(child);
      from = child.to;
    }
    this.tokens.push(`f:${this.#text.slice(from, node.to)}`);
  }
}

/** `'x'` and `"x"` are the same text; one with a backslash or a quote in it is left as it is. */
function plainString(literal: string): string {
  const parts = /^([a-z]*)('''|"""|'|")([\s\S]*)\2$/i.exec(literal);
  const [, prefix = '', , inside = ''] = parts ?? [];
  return parts === null || /[\\'"]/.test(inside) ? literal : `${prefix.toLowerCase().replace(/[ur]/g, '')}"${inside}"`;
}

/** `key` of `f(key=…)`: part of what is called. */
const isKeyword = (node: SyntaxNode): boolean =>
  node.parent?.name === 'ArgList' && node.nextSibling?.name === 'AssignOp' && node.prevSibling?.name !== '*';

/** Names that the code gives. Those of a class's own body stay: others call them. */
function namesGiven(tree: Tree, text: string): Set<string> {
  const given = new Set<string>();
  const outside = new Set<string>();
  const inClassBody = (node: SyntaxNode): boolean =>
    node.parent?.name === 'Body' && node.parent.parent?.name === 'ClassDefinition';
  const add = (node: SyntaxNode | null): void => {
    if (node?.name === 'VariableName') given.add(text.slice(node.from, node.to));
    else if (
      node &&
      (node.name === 'TupleExpression' || node.name === 'ArrayExpression' || node.name === 'ParenthesizedExpression')
    ) {
      for (let child = node.firstChild; child; child = child.nextSibling) add(child);
    }
  };
  tree.iterate({
    enter: ({ node }) => {
      switch (node.name) {
        case 'FunctionDefinition':
        case 'ClassDefinition':
          if (!inClassBody(node)) add(node.getChild('VariableName'));
          break;
        case 'ParamList':
          for (let child = node.firstChild; child; child = child.nextSibling) {
            if (child.prevSibling?.name !== 'AssignOp') add(child);
          }
          break;
        case 'AssignStatement':
          if (inClassBody(node)) break;
          for (let child = node.firstChild; child; child = child.nextSibling) {
            // Of `a = b = c` all but the last are given.
            if (hasAssignmentAfter(child)) add(child);
          }
          break;
        case 'NamedExpression':
          add(node.firstChild);
          break;
        case 'ForStatement':
        case 'ArrayComprehensionExpression':
        case 'ComprehensionExpression':
        case 'SetComprehensionExpression':
        case 'DictionaryComprehensionExpression':
        // A call's only argument may be a generator without brackets of its own: `all(n % d for d in …)`.
        case 'ArgList':
          for (const loop of node.getChildren('for')) {
            for (let child = loop.nextSibling; child && child.name !== 'in'; child = child.nextSibling) add(child);
          }
          break;
        case 'WithStatement':
        case 'TryStatement':
          for (const as of node.getChildren('as')) add(as.nextSibling);
          break;
        case 'ImportStatement':
          for (const as of node.getChildren('as')) add(as.nextSibling);
          break;
        case 'ScopeStatement':
          if (node.getChild('global')) {
            for (const name of node.getChildren('VariableName')) outside.add(text.slice(name.from, name.to));
          }
          break;
        default:
          break;
      }
    },
  });
  for (const name of outside) given.delete(name);
  return given;
}

function hasAssignmentAfter(node: SyntaxNode): boolean {
  for (let next = node.nextSibling; next; next = next.nextSibling) if (next.name === 'AssignOp') return true;
  return false;
}
