/** Records and grid as files: what the filters show of this lab, by name or anonymous. */
import { useState } from 'react';
import { useLab } from '../class/lab-context.js';
import { useNames } from '../class/names.js';
import { Menu } from '../shell/menu.js';
import type { RecordFilters } from './filters.js';
import { exportUrl } from './records-api.js';

export function ExportMenu({ filters }: { filters: RecordFilters }) {
  const { session } = useLab();
  const { anonymous, nameOf } = useNames();
  const [chosen, setChosen] = useState<boolean | null>(null);
  const without = chosen ?? anonymous;
  const save = (file: string): void => {
    const link = document.createElement('a');
    link.href = exportUrl(session.lab, file, {
      ...(filters.question === '' ? {} : { question: filters.question }),
      ...(filters.student === '' ? {} : { participant: filters.student }),
      ...(without ? { anonymous: '1' } : {}),
    });
    link.download = '';
    link.click();
  };
  const part = [
    filters.question === '' ? '' : `question ${filters.question}`,
    filters.student === '' ? '' : nameOf(filters.student),
  ].filter((one) => one !== '');
  return (
    <Menu
      className="btn"
      side="right"
      label="Export"
      says={`This lab${part.length === 0 ? '' : `, ${part.join(', ')}`}, without what is hidden`}
      items={[
        { words: 'Records, CSV', act: () => save('records.csv') },
        { words: 'Records, JSON', act: () => save('records.json') },
        { words: 'Records and pictures, zip', act: () => save('records.zip') },
        'rule',
        { words: 'Grid, CSV', act: () => save('grid.csv') },
        { words: 'Grid, JSON', act: () => save('grid.json') },
        'rule',
        { words: 'With names', chosen: !without, act: () => setChosen(false) },
        { words: 'Anonymous', chosen: without, act: () => setChosen(true) },
      ]}
    />
  );
}
