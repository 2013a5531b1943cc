/** XML as text: elements, attributes and text, nothing else. What XML cannot hold becomes U+FFFD. */

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
// https://www.w3.org/TR/xml/#charsets
const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const escaped = (text: string): string =>
  text.replace(forbidden, '\uFFFD').replace(/[&<>"]/g, (character) => entities[character] ?? '');
/** A line break in an attribute would be read as a space. */
const attribute = (value: string | number): string =>
  escaped(String(value)).replace(/[\t\n\r]/g, (character) => `&#${String(character.charCodeAt(0))};`);

export type Xml = { xml: string };

/** @example element('a', { b: 1 }, ['text', element('c')]).xml // '<a b="1">text<c/></a>' */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>> = {},
  content: readonly (string | Xml)[] = [],
): Xml {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(value)}"`);
  const inner = content.map((part) => (typeof part === 'string' ? escaped(part) : part.xml)).join('');
  const head = `<${name}${given.join('')}`;
  return { xml: inner === '' ? `${head}/>` : `${head}>${inner}</${name}>` };
}
