/** The rules of nearness as the page prints them; docs/groups.md says them at length. */
import type { QuestionGroups } from '@nbpulse/schema/wire';

export const rules: QuestionGroups['rules'] = [
  {
    section: 'number',
    words: 'Numbers are near-equal when they agree to nine digits; whole numbers only when they are equal.',
  },
  {
    section: 'text',
    words:
      'Texts are near-equal when they differ in case, spaces or punctuation, or, from 8 to 64 letters, in one letter, unless they were judged differently.',
  },
  {
    section: 'code',
    words:
      'Code is equal when only names of its own, comments, layout and brackets differ. It is near when at least 85 % of its runs of three words and signs are shared, unless it was judged differently.',
  },
  {
    section: 'error',
    words: 'Errors are together when their class and message are the same, numbers and quoted names aside.',
  },
];
