/** Which kind of answer it is: answers of different kinds are never in one group. */
import type { AnswerSection } from './groups.js';
import type { Value } from './value.js';

/** An error first, then by the value's tag. The server groups by it, and pages place a record by it. */
export function sectionOf(tag: Value['t'] | null, isError: boolean, isScalarArray: boolean): AnswerSection {
  if (isError) return 'error';
  switch (tag) {
    case 'int':
    case 'float':
    case 'complex':
    case 'bool':
      return 'number';
    case 'str':
      return 'text';
    case 'code':
      return 'code';
    case 'array':
      return isScalarArray ? 'number' : 'table';
    case 'frame':
      return 'table';
    case 'image':
      return 'picture';
    case 'rich':
      return 'rich';
    case 'error':
      return 'error';
    case null:
    case 'none':
    case 'bytes':
    case 'datetime':
    case 'date':
    case 'time':
    case 'timedelta':
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
    case 'dict':
    case 'object':
    case 'repr':
      return 'other';
    default:
      return tag satisfies never;
  }
}
