/**
 * What an object drew of itself. Markup and charts run only inside a sandboxed frame without an origin; Markdown and formulas are
 * rendered here, purified. The renderers are loaded with the first value that needs them.
 */
import { lazy, Suspense } from 'react';
import { decodeText, type Value } from '@nbpulse/schema/wire';
import { useUrl, useValueSource } from './value-source.js';

type Rich = Extract<Value, { t: 'rich' }>;
interface RichViewProps {
  lab: string;
  record: string;
  value: Rich;
}

const Markdown = lazy(async () => ({ default: (await import('../notebook/markdown.js')).Markdown }));
const Formula = lazy(async () => ({ default: (await import('./formula.js')).Formula }));

export const isChart = (mime: string): boolean => /^application\/vnd\.(plotly|vega)/.test(mime);

export function RichView({ lab, record, value }: RichViewProps) {
  const words = value.alt ?? `Output of ${value.cls}`;
  if (isChart(value.mime)) {
    return (
      <figure className="value-chart">
        <RichFrame lab={lab} record={record} title={words} />
        <figcaption className="q2 sm">{words}</figcaption>
      </figure>
    );
  }
  const text = decodeText(value.data);
  if (value.mime === 'text/markdown')
    return (
      <Suspense fallback={<Plain text={text} words={words} />}>
        <Markdown text={text} />
      </Suspense>
    );
  if (value.mime === 'text/latex')
    return (
      <Suspense fallback={<Plain text={text} words={words} />}>
        <Formula text={text} fallback={<Plain text={text} words={words} />} />
      </Suspense>
    );
  return <RichFrame lab={lab} record={record} title={words} />;
}

const Plain = ({ text, words }: { text: string; words: string }) => (
  <pre className="value-repr" tabIndex={0} role="group" aria-label={words}>
    {text}
  </pre>
);

function RichFrame({ lab, record, title }: { lab: string; record: string; title: string }) {
  const source = useValueSource(lab);
  const url = useUrl(() => source.renderUrl(record), record);
  if (url === null) return <p className="q3">This output could not be loaded. It is stored; try again later.</p>;
  return (
    <iframe
      className="value-rich"
      title={title}
      sandbox="allow-scripts"
      loading="lazy"
      referrerPolicy="no-referrer"
      src={url}
    />
  );
}
