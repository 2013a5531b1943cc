/**
 * A name before the number at its end, and that number: what tells namesakes and pseudonyms apart is never cut off.
 * @example nameParts('Ada Lovelace 2') // ['Ada Lovelace', ' 2']
 */
export function nameParts(name: string): [head: string, tail: string] {
  const tail = /(?<=\S)\s+\(?\d{1,5}\)?$/.exec(name)?.[0] ?? '';
  return [name.slice(0, name.length - tail.length), tail];
}
