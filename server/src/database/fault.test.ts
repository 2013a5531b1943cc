import { describe, expect, it } from 'vitest';
import { brokenUnique, databaseFault } from './fault.js';

const error = (fields: object, cause?: Error) => Object.assign(new Error('…', { cause }), fields);

describe('a fault of the database', () => {
  it.each([
    ['a stopped server', { code: 'ECONNREFUSED' }, 'away'],
    ['a socket file that is gone', { code: 'ENOENT', syscall: 'connect' }, 'away'],
    ['a file that is missing', { code: 'ENOENT', syscall: 'open' }, null],
    ['a shutdown', { code: '57P01' }, 'away'],
    ['a full disk', { code: '53100' }, 'away'],
    ['a deadlock', { code: '40P01' }, 'clash'],
    ['data that does not fit', { code: '22021' }, 'row'],
    ['a broken constraint', { code: '23514' }, 'row'],
    ['a wrong statement', { code: '42601' }, null],
    ['no database at all', {}, null],
  ])('is told: %s', (_what, fields, fault) => {
    expect(databaseFault(error(fields))).toBe(fault);
    expect(databaseFault(error({}, error(fields)))).toBe(fault);
  });

  it('names the unique index that a row broke', () => {
    expect(brokenUnique(error({}, error({ code: '23505', constraint_name: 'participant_name' })))).toBe(
      'participant_name',
    );
    expect(brokenUnique(error({ code: '23514' }))).toBeNull();
  });
});
