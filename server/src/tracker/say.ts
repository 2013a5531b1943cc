/** A reply of these doors: plain text, as the tracker's notebooks print it. */
export interface Said {
  status: number;
  text: string;
  headers: Record<string, string>;
}

export const say = (status: number, text: string, headers: Record<string, string> = {}): Said => ({
  status,
  text,
  headers,
});

export const textReply = ({ status, text, headers }: Said): Response =>
  new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } });
