import { describe, expect, it } from 'vitest';
import { namesOf } from './class-list-names.js';

describe('a pasted class list', () => {
  it('is one name per line', () => {
    expect(namesOf(' Ada  Lovelace\r\n\r\nNoether, Emmy\n')).toEqual({
      names: ['Ada Lovelace', 'Noether, Emmy'],
      column: null,
    });
  });
  it('is a column of a table, found by its heading', () => {
    expect(namesOf('Id,Name,Section\n7,"Lovelace, Ada",A\n8,Emmy Noether,B')).toEqual({
      names: ['Lovelace, Ada', 'Emmy Noether'],
      column: 'Name',
    });
    expect(namesOf('\uFEFFSurname;First name;E-mail\nLovelace;Ada;a@example.org')).toEqual({
      names: ['Ada Lovelace'],
      column: 'First name and Surname',
    });
    expect(namesOf('student name\tpoints\n"Ada ""Countess"" L"\t3')).toEqual({
      names: ['Ada "Countess" L'],
      column: 'student name',
    });
  });
  it('is the first column of a table copied without headings', () => {
    expect(namesOf('Ada Lovelace\t7\nEmmy Noether\t8').names).toEqual(['Ada Lovelace', 'Emmy Noether']);
  });
  it('may be empty', () => {
    expect(namesOf(' \n')).toEqual({ names: [], column: null });
  });
});
