/**
 * The baseline of `bench:saved`: a comm message from a running cell to whoever listens on the kernel's channels, and its echo back
 * into the kernel, on a comm of its own and a subshell: ipykernel reads that one while the cell runs. No page, no nbpulse, no database: what Jupyter itself needs for the way there and back.
 */
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { z } from 'zod';

const there = 'bare.there';
const back = 'bare.back';
const kernelReply = z.object({ id: z.string() });
const channelMessage = z.object({
  header: z.looseObject({ msg_type: z.string(), msg_id: z.string() }),
  parent_header: z.looseObject({ msg_id: z.string().optional() }),
  content: z.record(z.string(), z.unknown()),
});

const cell = (count: number, everySeconds: number): string => `
import comm, json, time
sent, back = [], []
def opened(line, message):
    line.on_msg(lambda message: back.append((message["content"]["data"]["n"], time.perf_counter())))
comm.get_comm_manager().register_target(${JSON.stringify(back)}, opened)
line = comm.create_comm(target_name=${JSON.stringify(there)})
time.sleep(1)
for n in range(${count}):
    sent.append(time.perf_counter())
    line.send({"n": n})
    time.sleep(${everySeconds})
time.sleep(0.5)
print(json.dumps([(at - sent[n]) * 1000 for n, at in back]))
`;

/** Round trips in milliseconds, measured by the kernel's own clock. */
export async function measureBareComm(notebookLink: string, count: number, everyMs: number): Promise<number[]> {
  const jupyter = new URL('/', notebookLink);
  const token = new URL(notebookLink).searchParams.get('token') ?? '';
  const headers = { authorization: `token ${token}`, 'content-type': 'application/json' };
  const made = await fetch(new URL('api/kernels', jupyter), { method: 'POST', headers, body: '{"name":"python3"}' });
  const { id } = kernelReply.parse(await made.json());
  try {
    return await echo(
      new URL(`api/kernels/${id}/channels`, jupyter),
      headers.authorization,
      cell(count, everyMs / 1000),
    );
  } finally {
    await fetch(new URL(`api/kernels/${id}`, jupyter), { method: 'DELETE', headers });
  }
}

async function echo(url: URL, authorization: string, code: string): Promise<number[]> {
  const socket = new WebSocket(url.href.replace(/^http/, 'ws'), { headers: { authorization } });
  const session = randomUUID();
  const echoId = randomUUID();
  let subshell: string | null = null;
  const say = (channel: string, type: string, content: Record<string, unknown>, onSubshell = false): string => {
    const id = randomUUID();
    const header = {
      msg_id: id,
      msg_type: type,
      session,
      username: 'bench',
      version: '5.5',
      date: new Date().toISOString(),
    };
    const whole = onSubshell && subshell !== null ? { ...header, subshell_id: subshell } : header;
    socket.send(JSON.stringify({ channel, header: whole, parent_header: {}, metadata: {}, content, buffers: [] }));
    return id;
  };
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    return await new Promise<number[]>((resolve, reject) => {
      let running = '';
      socket.on('error', reject);
      socket.on('message', (data: Buffer) => {
        const parsed = channelMessage.safeParse(JSON.parse(data.toString('utf8')));
        if (!parsed.success) return;
        const { header, parent_header: parent, content } = parsed.data;
        if (header.msg_type === 'create_subshell_reply') {
          subshell = typeof content['subshell_id'] === 'string' ? content['subshell_id'] : null;
          const request = { code, silent: false, store_history: false, user_expressions: {}, allow_stdin: false };
          running = say('shell', 'execute_request', request);
        } else if (header.msg_type === 'comm_open') {
          say('shell', 'comm_open', { comm_id: echoId, target_name: back, data: {} }, true);
        } else if (header.msg_type === 'comm_msg') {
          say('shell', 'comm_msg', { comm_id: echoId, data: content['data'] }, true);
        } else if (header.msg_type === 'stream' && content['name'] === 'stdout' && parent.msg_id === running) {
          resolve(z.array(z.number()).parse(JSON.parse(String(content['text']))));
        } else if (header.msg_type === 'error') {
          reject(new Error(`the baseline's cell failed: ${String(content['evalue'])}`));
        }
      });
      say('control', 'create_subshell_request', {});
    });
  } finally {
    socket.close();
  }
}
