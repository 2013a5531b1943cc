/** A notebook's Markdown: rendered without raw HTML, then purified; no picture is fetched from elsewhere. */
import { useMemo } from 'react';
import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';

const markdown = new MarkdownIt({ html: false, linkify: false, breaks: false });
const purifier = DOMPurify(window);
purifier.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'A') {
    node.setAttribute('target', '_blank');
    node.setAttribute('rel', 'noopener noreferrer nofollow');
  }
  // Fetching a picture would tell its host who reads this notebook, and when.
  if (node.tagName === 'IMG' && !(node.getAttribute('src') ?? '').startsWith('data:image/')) node.remove();
});

export function Markdown({ text }: { text: string }) {
  const clean = useMemo(
    () =>
      purifier.sanitize(markdown.render(text), {
        USE_PROFILES: { html: true },
        FORBID_TAGS: ['style', 'form', 'input', 'button', 'iframe', 'video', 'audio', 'source'],
        FORBID_ATTR: ['style', 'id', 'class', 'name'],
      }),
    [text],
  );
  return <div className="md" dangerouslySetInnerHTML={{ __html: clean }} />;
}
