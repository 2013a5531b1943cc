/**
 * `fetch` by way of the kernel, for a page that may not reach its server: an https notebook and an http server. The
 * kernel has no such rule. Used for what the student asks for (join, checkpoint, submit, the panel); records go by the
 * kernel's own pipe anyway. It runs when the kernel is free, as one expression: no output, no count, no name left behind.
 *
 * Redirects are not followed: they could carry the token to another origin.
 */
import { toBase64 } from './binary.js';
import type { KernelPort } from './kernel-port.js';
import { pythonLiteral } from './kernel-source.js';

/** The student's next cell waits behind a server that does not answer; not for long. */
const patienceSeconds = 5;

const source = `
def ask(method, url, headers, body):
    import base64, json, urllib.error, urllib.request
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *anything):
            return None
    data = None if body is None else base64.b64decode(body)
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        reply = urllib.request.build_opener(Stay).open(request, timeout=${patienceSeconds})
    except urllib.error.HTTPError as error:
        reply = error
    with reply:
        said = {"status": reply.status, "body": base64.b64encode(reply.read()).decode()}
    return base64.b64encode(json.dumps(said).encode()).decode()
`;

/** One expression whose value is base64 of \`{"status": …, "body": base64}\`, so that its repr needs no unescaping. */
export function requestExpression(
  method: string,
  url: string,
  headers: Record<string, string>,
  body: string | null,
): string {
  const args = pythonLiteral([method, url, headers, body]);
  return `(lambda space, json: (exec(json.loads(${pythonLiteral(source)}), space), space['ask'](*json.loads(${args})))[1])({}, __import__('json'))`;
}

/** The response from the expression's repr: `'eyJ…'`. */
export function responseOf(repr: string): Response {
  const said = JSON.parse(atob(repr.replace(/^'|'$/g, ''))) as { status: number; body: string };
  const bytes = Uint8Array.from(atob(said.body), (char) => char.charCodeAt(0));
  const isEmpty = said.status === 204 || said.status === 304 || bytes.length === 0;
  return new Response(isEmpty ? null : bytes, { status: said.status });
}

/** A `fetch` by the first kernel that can do it. Rejects, as `fetch` does, when there is none or the server is away. */
export function fetchThrough(kernels: () => Iterable<KernelPort>): typeof fetch {
  return async (input, init) => {
    const kernel = await pythonKernel(kernels());
    if (!kernel) throw new TypeError('no Python kernel runs');
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
    const headers = Object.fromEntries(new Headers(init?.headers).entries());
    const expression = requestExpression(init?.method ?? 'GET', url, headers, base64Of(init?.body));
    const content = { code: '', silent: true, store_history: false, allow_stdin: false };
    const reply = await kernel.requestExecute({ ...content, user_expressions: { reply: expression } }, true).done;
    const told = reply.content.status === 'ok' ? (reply.content.user_expressions['reply'] as unknown) : null;
    const repr = (told as { data?: Record<string, unknown> } | null)?.data?.['text/plain'];
    if (typeof repr !== 'string') throw new TypeError('the kernel got no answer');
    return responseOf(repr);
  };
}

async function pythonKernel(kernels: Iterable<KernelPort>): Promise<KernelPort | null> {
  const alive = [...kernels].filter((kernel) => !kernel.isDisposed && kernel.status !== 'dead');
  // A free one first: the answer comes at once.
  alive.sort((a, b) => Number(b.status === 'idle') - Number(a.status === 'idle'));
  for (const kernel of alive) {
    const spec = await kernel.spec.catch(() => undefined);
    if (spec?.language.toLowerCase() === 'python') return kernel;
  }
  return null;
}

/** The two kinds of body that our API sends. */
function base64Of(body: BodyInit | null | undefined): string | null {
  if (body === null || body === undefined) return null;
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  if (!(bytes instanceof Uint8Array)) throw new TypeError('only text and bytes can go through the kernel');
  return toBase64(bytes);
}
