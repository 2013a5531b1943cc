/** Hands a file to the browser's own download. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has begun to read it by then; the address would hold the bytes for as long as the page lives.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
