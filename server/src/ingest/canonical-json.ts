/** JSON text that is the same for the same content, whatever order its keys came in: one pipe may rebuild an event, another not. */
export function canonicalJson(json: unknown): string {
  if (typeof json === 'string') return JSON.stringify(json);
  if (typeof json !== 'object' || json === null) return String(json);
  if (Array.isArray(json)) {
    let items = '';
    for (const item of json) items += `${items === '' ? '' : ','}${canonicalJson(item)}`;
    return `[${items}]`;
  }
  const entries = json as Record<string, unknown>;
  let text = '';
  for (const key of Object.keys(entries).sort()) {
    const item = entries[key];
    if (item !== undefined) text += `${text === '' ? '' : ','}${keyText(key)}:${canonicalJson(item)}`;
  }
  return `{${text}}`;
}

/** Of the few names that our schemas have. */
const keyTexts = new Map<string, string>();
const keptKeys = 500;

function keyText(key: string): string {
  let text = keyTexts.get(key);
  if (text === undefined) {
    text = JSON.stringify(key);
    if (keyTexts.size < keptKeys) keyTexts.set(key, text);
  }
  return text;
}
