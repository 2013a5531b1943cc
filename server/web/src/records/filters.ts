/** What the table shows, as it stands in the address: it can be shared, and survives a reload. */
export interface RecordFilters {
  /** Records of all labs of the course; else of the open one. */
  allLabs: boolean;
  question: string;
  /** A participant's id; with all labs part of a name instead. */
  student: string;
  name: string;
  text: string;
  /** Only what staff have hidden. */
  hidden: boolean;
}
export const noFilters: RecordFilters = {
  allLabs: false,
  question: '',
  student: '',
  name: '',
  text: '',
  hidden: false,
};

export function filtersOf(search: string): RecordFilters {
  const at = new URLSearchParams(search);
  const allLabs = at.get('labs') === 'all';
  return {
    allLabs,
    question: at.get('question') ?? '',
    student: allLabs ? '' : (at.get('student') ?? ''),
    name: allLabs ? (at.get('name') ?? '') : '',
    text: at.get('text') ?? '',
    hidden: at.get('hidden') === '1',
  };
}

/** `?question=3&text=…`, or nothing. */
export function searchOf(filters: RecordFilters): string {
  const { allLabs, question, student, name, text, hidden } = filters;
  const at = new URLSearchParams();
  if (allLabs) at.set('labs', 'all');
  if (question !== '') at.set('question', question);
  if (student !== '' && !allLabs) at.set('student', student);
  if (name !== '' && allLabs) at.set('name', name);
  if (text !== '') at.set('text', text);
  if (hidden) at.set('hidden', '1');
  const written = at.toString();
  return written === '' ? '' : `?${written}`;
}

/** The same as the server's query. A filter that cannot be meant, such as an id cut short, finds nobody rather than failing. */
export function queryOf(lab: string, filters: RecordFilters): Record<string, string> {
  const { allLabs, question, student, name, text, hidden } = filters;
  return {
    ...(allLabs ? {} : { lab }),
    ...(question === '' ? {} : { question }),
    ...(student === '' || allLabs ? {} : { participant: student }),
    ...(name === '' || !allLabs ? {} : { name }),
    ...(text.trim() === '' ? {} : { text }),
    ...(hidden ? { hidden: 'only' } : {}),
  };
}

export const isFiltered = (filters: RecordFilters): boolean =>
  searchOf({ ...filters, allLabs: false, name: '' }) !== '' || filters.allLabs || filters.name !== '';
