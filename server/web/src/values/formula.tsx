/**
 * LaTeX as HTML with KaTeX's own fonts, because a browser without a mathematical font leaves signs of MathML out (√ of `\sqrt`) and says
 * nothing; the MathML stands beside it for screen readers.
 */
import { useMemo, type ReactNode } from 'react';
import DOMPurify from 'dompurify';
import katex from 'katex';
import 'katex/dist/katex.min.css';
import { texOf } from './tex.js';

const mostChars = 20_000;

/** `fallback` for what is no single formula, or none that can be read. */
export function Formula({ text, fallback }: { text: string; fallback: ReactNode }) {
  const clean = useMemo(() => {
    const tex = text.length > mostChars ? null : texOf(text);
    if (tex === null) return null;
    try {
      const html = katex.renderToString(tex, {
        output: 'htmlAndMathml',
        displayMode: true,
        throwOnError: true,
        trust: false,
        strict: 'ignore',
        maxExpand: 1_000,
        maxSize: 20,
      });
      // The source text inside the MathML would be read out after the formula.
      return DOMPurify.sanitize(html.replace(/<annotation[\s\S]*?<\/annotation>/g, ''), {
        USE_PROFILES: { mathMl: true, html: true, svg: true },
        FORBID_ATTR: ['id', 'name'],
      });
    } catch {
      return null;
    }
  }, [text]);
  if (clean === null) return fallback;
  return (
    <div
      className="value-formula"
      tabIndex={0}
      role="group"
      aria-label="formula"
      dangerouslySetInnerHTML={{ __html: clean }}
    />
  );
}
