/** A profile as its author reads it: on the assignment's page and in the terminal. */
import type { OperatorKind, SuiteProfile } from './suite-profile.js';

const operators: Record<OperatorKind, string> = {
  equal: '== and !=',
  compare: '<, <=, > and >=',
  contains: 'in',
  arithmetic: '+, -, * and the other operators',
};
const namesShown = 12;

/**
 * What a student's class may do, by file of tests; a file in which nothing beyond plain calls was needed is not in it.
 * @example profileWords(profile) // [{file: 'tests/test_vector.py', lines: ['The class Vector is asked for == and != with plain data.']}]
 */
export function profileWords(profile: SuiteProfile): { file: string; lines: string[] }[] {
  const lines = new Map<string, string[]>();
  const say = (file: string, line: string): void => void lines.set(file, [...(lines.get(file) ?? []), line]);

  const kinds = new Map<string, OperatorKind[]>();
  for (const { file, className, kind } of profile.rights) {
    const key = JSON.stringify([file, className]);
    kinds.set(key, [...(kinds.get(key) ?? []), kind]);
  }
  for (const [key, own] of kinds) {
    const [file = '', className = ''] = JSON.parse(key) as string[];
    say(
      file,
      `The class ${className} is asked for ${own.map((kind) => operators[kind]).join('; ')} with the tests’ data.`,
    );
  }
  for (const { file, className, name } of profile.attributes) {
    say(file, `It may set .${name} on the tests’ ${className}.`);
  }
  for (const { file, names } of profile.starNames) {
    const more = names.length > namesShown ? ` and ${String(names.length - namesShown)} more` : '';
    say(file, `“import *” gives ${names.slice(0, namesShown).join(', ') || 'no name'}${more}.`);
  }
  return [...lines].map(([file, told]) => ({ file, lines: told }));
}
