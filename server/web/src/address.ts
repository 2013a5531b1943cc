/**
 * Addresses of the pages. The pages stand below `document.baseURI` (a server may stand below a path of its host);
 * everything here is written relative to that, and only `hrefOf` makes a real URL.
 */
import { useSyncExternalStore } from 'react';

export type Route =
  | { page: 'sign-in' }
  | { page: 'link' }
  | { page: 'me' }
  | { page: 'labs' }
  | { page: 'assignments'; course: string }
  | { page: 'assignment'; course: string; slug: string }
  | { page: 'class'; lab: string }
  | { page: 'questions'; lab: string }
  | { page: 'question'; lab: string; question: string }
  | { page: 'students'; lab: string }
  | { page: 'student'; lab: string; participant: string }
  | { page: 'records'; lab: string }
  | { page: 'grades'; lab: string }
  | { page: 'unknown' };

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

/** @example routeOf('labs/1/questions/3b') // { page: 'question', lab: '1', question: '3b' } */
export function routeOf(path: string): Route {
  const [first, lab, part, item, ...rest] = path.split('/').filter(Boolean).map(decode);
  if (rest.length > 0) return { page: 'unknown' };
  if (first === undefined || (first === 'labs' && lab === undefined)) return { page: 'labs' };
  if (first === 'sign-in' && lab === undefined) return { page: 'sign-in' };
  if (first === 'link' && lab === undefined) return { page: 'link' };
  if (first === 'me' && lab === undefined) return { page: 'me' };
  if (first === 'courses' && lab !== undefined && part === 'assignments')
    return item === undefined ? { page: 'assignments', course: lab } : { page: 'assignment', course: lab, slug: item };
  if (first !== 'labs' || lab === undefined) return { page: 'unknown' };
  if (part === undefined) return { page: 'class', lab };
  if (part === 'questions')
    return item === undefined ? { page: 'questions', lab } : { page: 'question', lab, question: item };
  if (part === 'students')
    return item === undefined ? { page: 'students', lab } : { page: 'student', lab, participant: item };
  if (part === 'records' && item === undefined) return { page: 'records', lab };
  if (part === 'grades' && item === undefined) return { page: 'grades', lab };
  return { page: 'unknown' };
}

/** The other way round. A key that reads as `.` or `..` would be eaten by the browser, so dots are written out. */
export function pathOf(route: Route): string {
  const safe = (text: string): string => {
    const encoded = encodeURIComponent(text);
    return /^\.{1,2}$/.test(encoded) ? encoded.replaceAll('.', '%2E') : encoded;
  };
  switch (route.page) {
    case 'sign-in':
    case 'link':
    case 'me':
    case 'labs':
      return route.page;
    case 'assignments':
      return `courses/${safe(route.course)}/assignments`;
    case 'assignment':
      return `courses/${safe(route.course)}/assignments/${safe(route.slug)}`;
    case 'class':
      return `labs/${safe(route.lab)}`;
    case 'questions':
    case 'students':
    case 'records':
    case 'grades':
      return `labs/${safe(route.lab)}/${route.page}`;
    case 'question':
      return `labs/${safe(route.lab)}/questions/${safe(route.question)}`;
    case 'student':
      return `labs/${safe(route.lab)}/students/${safe(route.participant)}`;
    case 'unknown':
      return '';
    default:
      return route satisfies never;
  }
}

let known = { uri: '', base: new URL('http://none') };
/** Kept: a page of many links asks for it with each. */
function base(): URL {
  const uri = document.baseURI;
  if (known.uri !== uri) known = { uri, base: new URL('.', uri) };
  return known.base;
}
export const hrefOf = (route: Route): string => base().pathname + pathOf(route);
/** A URL of the server's API, as `fetch`, `<img>` and `<iframe>` take it. */
export const apiUrl = (path: string): string => `${base().pathname}api/v1/${path}`;
export const liveUrl = (): string => {
  const url = new URL('api/v1/live', base());
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
};

const listeners = new Set<() => void>();
const changed = (): void => {
  for (const listener of listeners) listener();
};
/** Goes to another page without loading it anew. */
export function go(route: Route, how: 'push' | 'replace' = 'push'): void {
  const href = hrefOf(route);
  if (how === 'replace') history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  changed();
  if (how === 'push') scrollTo(0, 0);
}
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('popstate', listener);
  };
};
/** Of the page that is shown, below the server's own path. */
export const pagePath = (): string => location.pathname.slice(base().pathname.length);
export const usePath = (): string => useSyncExternalStore(subscribe, pagePath);
