import { Dialog } from './dialog.js';
import { DialogFoot } from './dialog-foot.js';
import { Mark, markWords, PresenceMark, presenceWords, type MarkName, type PresenceName } from './marks.js';

const keys: [string[], string][] = [
  [['?'], 'This list'],
  [['G', 'C'], 'Class'],
  [['G', 'Q'], 'Questions'],
  [['G', 'S'], 'Students'],
  [['G', 'R'], 'Records'],
  [['G', 'G'], 'Grades'],
  [['['], 'Previous question'],
  [[']'], 'Next question'],
  [['J'], 'Next student'],
  [['K'], 'Previous student'],
  [['/'], 'Find'],
  [['N'], 'New lab'],
  [['1', '2', '3'], 'Latest, first try, every record'],
  [['U'], 'Merge the picked groups'],
  [['R'], 'Sort again'],
  [['S'], 'Next way to sort'],
  [['D'], 'Rows or dense'],
  [['←', '↑', '→', '↓'], 'Walk the grid'],
  [['A'], 'Anonymise, or show names'],
  [['Enter'], 'Open the student, or a picture'],
  [['Esc'], 'Clear what is found or filtered'],
];
const marks: [MarkName, string][] = [
  ['right', 'what the question expects; ×3: it took three records'],
  ['answered', 'sent, and nothing is expected'],
  ['wrong', 'not what the question expects'],
  ['error', 'the last record was an error; ×4: four in a row'],
  ['reached', 'sent the template’s own answer'],
  [
    'working',
    'the first question without a record after the last one sent, with the minutes since then; where the lab collects activity, the question whose cell ran last',
  ],
  ['not-started', 'nothing sent'],
];
const presences: PresenceName[] = ['online', 'two', 'idle', 'sending-off', 'offline', 'never'];
const sample = (name: PresenceName) =>
  name === 'offline' || name === 'never'
    ? null
    : {
        participant: '',
        state: name === 'idle' ? ('idle' as const) : ('online' as const),
        devices: name === 'two' ? 2 : 1,
        waiting: 0,
        seenAt: null,
      };

export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys and marks" onClose={onClose} className="keys-dialog">
      <div className="keys">
        {keys.map(([names, words]) => (
          <div key={words}>
            <span>{words}</span>
            <span className="row" style={{ gap: 3 }}>
              {names.map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </span>
          </div>
        ))}
      </div>
      <h3 style={{ marginTop: 20 }}>A cell</h3>
      <ul style={{ display: 'grid', gap: 4, marginTop: 4 }}>
        {marks.map(([name, words]) => (
          <li key={name} className="row">
            <Mark name={name} />
            <span>
              <b>{markWords[name]}</b> <span className="q2">{words}</span>
            </span>
          </li>
        ))}
      </ul>
      <h3 style={{ marginTop: 20 }}>A student</h3>
      <ul className="row wrap" style={{ marginTop: 4, columnGap: 20 }}>
        {presences.map((name) => (
          <li key={name} className="row">
            <PresenceMark presence={sample(name)} sending={name !== 'sending-off'} opened={name !== 'never'} />
            {presenceWords[name]}
          </li>
        ))}
      </ul>
      <DialogFoot leave="Close" />
    </Dialog>
  );
}
