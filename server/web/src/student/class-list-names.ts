/** Names out of what staff paste: one per line, or a table copied from a spreadsheet or a CSV file. */

export interface Pasted {
  names: string[];
  /** Which column was taken, by its heading; null when each line is a name. */
  column: string | null;
}

const nameHeadings = /^(full |display |student('s)? )?name$|^name of (the )?student$/i;
const firstHeadings = /^(first|given)[ _-]?names?$|^forename$/i;
const lastHeadings = /^(last|family)[ _-]?name$|^surname$/i;

/** Fields of one line: quoted ones may hold the separator. */
function fieldsOf(line: string, separator: string): string[] {
  const fields: string[] = [];
  let [field, quoted] = ['', false];
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? '';
    if (char === '"' && quoted && line[at + 1] === '"') {
      field += '"';
      at++;
    } else if (char === '"') quoted = !quoted;
    else if (char === separator && !quoted) {
      fields.push(field);
      field = '';
    } else field += char;
  }
  return [...fields, field].map((one) => one.replace(/\s+/g, ' ').trim());
}

/**
 * A first line with headings says which column holds the names, or the first and the last names. Without one each line is a
 * name as it stands, so `Lovelace, Ada` stays one name; a table without headings gives its first column.
 */
export function namesOf(text: string): Pasted {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .filter((line) => line.trim() !== '');
  const first = lines[0] ?? '';
  for (const separator of ['\t', ';', ',']) {
    const headings = fieldsOf(first, separator);
    const name = headings.findIndex((one) => nameHeadings.test(one));
    const given = headings.findIndex((one) => firstHeadings.test(one));
    const family = headings.findIndex((one) => lastHeadings.test(one));
    const rows = lines.slice(1).map((line) => fieldsOf(line, separator));
    if (name >= 0) return { names: cleaned(rows.map((row) => row[name] ?? '')), column: headings[name] ?? null };
    if (given >= 0 && family >= 0)
      return {
        names: cleaned(rows.map((row) => `${row[given] ?? ''} ${row[family] ?? ''}`)),
        column: `${headings[given] ?? ''} and ${headings[family] ?? ''}`,
      };
  }
  if (lines.length > 0 && lines.every((line) => line.includes('\t')))
    return { names: cleaned(lines.map((line) => fieldsOf(line, '\t')[0] ?? '')), column: 'the first column' };
  return { names: cleaned(lines), column: null };
}

const cleaned = (names: string[]): string[] =>
  names.map((name) => name.normalize('NFC').replace(/\s+/g, ' ').trim()).filter((name) => name !== '');

/** As the server compares names. */
export const nameKey = (name: string): string =>
  name.normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/g, ' ').trim();
