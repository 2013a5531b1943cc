/** Text: case, spaces and punctuation are no difference; one letter in a text of some length is a slip. */
const shortest = 8;
const longest = 64;

/**
 * Lower case, without spaces and punctuation. What carries meaning stays: signs of mathematics, a minus before a digit, the point
 * within a number, and the space between two numbers.
 */
export function textForm(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(?<![\p{L}\p{N}])-(?=\d)/gu, '−')
    .replace(/(?<=\d)[.,](?=\d)/g, '·')
    .replace(/(?<=\d)[\s_]+(?=\d)/g, '␣')
    .replace(/[\s\p{C}]|(?![%·])\p{P}/gu, '');
}

export const mayBeSlip = (form: string): boolean => form.length >= shortest && form.length <= longest;

/** Every text that one missing letter makes of it, and itself: two texts that are one slip apart share one of these. */
export function* slipsOf(form: string): Generator<string> {
  yield form;
  for (let at = 0; at < form.length; at++) yield form.slice(0, at) + form.slice(at + 1);
}

/** One letter added, left out, changed, or swapped with its neighbour; digits and signs are no letters. */
export function isOneSlip(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (!/^\p{L}*$/u.test(left + right)) return false;
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}
