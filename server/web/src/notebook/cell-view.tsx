import { CodeView } from '../values/code-view.js';
import { AnsiText } from '../values/traceback.js';
import { Markdown } from './markdown.js';
import type { NotebookCell, NotebookOutput } from './notebook.js';

/** Longer text would hold the page up; the file has it all. */
const mostChars = 100_000;
const mostOutputs = 50;

/** Long text is cut, with words. */
const cut = (text: string): string =>
  text.length <= mostChars
    ? text
    : `${text.slice(0, mostChars)}\n… ${(text.length - mostChars).toLocaleString('en')} more characters: download the notebook to see them`;

/** One cell of a stored notebook, readable. Nothing in it runs. */
export function CellView({ cell, n }: { cell: NotebookCell; n: number }) {
  if (cell.kind === 'markdown' && cell.source.length <= mostChars) return <Markdown text={cell.source} />;
  if (cell.kind !== 'code')
    return <CodeView source={cut(cell.source)} name={`Raw cell ${String(n)}`} language="plain" numbered={false} />;
  return (
    <div className="nb-cell">
      <span className="xs q3 in">[{cell.count ?? ' '}]</span>
      <div>
        <CodeView source={cut(cell.source)} name={`Code cell ${String(n)}`} numbered={false} />
        <Outputs outputs={cell.outputs} n={n} />
      </div>
    </div>
  );
}

export function Outputs({ outputs, n }: { outputs: readonly NotebookOutput[]; n: number }) {
  return (
    <>
      {outputs.slice(0, mostOutputs).map((output, index) =>
        output.kind === 'text' ? (
          <div key={index} className={`nb-out ${output.wrong ? 'wrong' : ''}`}>
            <AnsiText text={cut(output.text)} name={`Output of cell ${String(n)}`} />
          </div>
        ) : output.kind === 'picture' ? (
          <img
            key={index}
            className="picture"
            alt={`Output of cell ${String(n)}`}
            src={`data:${output.mime};base64,${output.b64}`}
          />
        ) : (
          <p key={index} className="q3 sm">
            {output.mime}: not shown here
          </p>
        ),
      )}
      {outputs.length > mostOutputs && (
        <p className="q3 sm">{(outputs.length - mostOutputs).toLocaleString('en')} more outputs are in the file.</p>
      )}
    </>
  );
}
