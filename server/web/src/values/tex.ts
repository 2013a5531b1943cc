/** The formula of a LaTeX text that is one formula and nothing else: `$…$`, `$$…$$`, `\[…\]`, `\(…\)`, or an environment. */
export function texOf(text: string): string | null {
  const trimmed = text.trim();
  const forms = [/^\$\$([^$]+)\$\$$/, /^\$([^$]+)\$$/, /^\\\[([\s\S]+)\\\]$/, /^\\\(([\s\S]+)\\\)$/];
  for (const form of forms) {
    const inside = form.exec(trimmed)?.[1];
    if (inside !== undefined) return inside;
  }
  return /^\\begin\{(\w+\*?)\}[\s\S]+\\end\{\1\}$/.test(trimmed) ? trimmed : null;
}
