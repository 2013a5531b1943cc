/** The load process, from outside: told what to do, asked for what it saw. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Order, Play, Played } from './ingest-load.js';

export class Load {
  readonly #process: ChildProcess = fork(fileURLToPath(new URL('./ingest-load.js', import.meta.url)));

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  async tell(order: Order): Promise<Played | null> {
    this.#process.send(order);
    const [{ result }] = (await Promise.race([
      once(this.#process, 'message'),
      once(this.#process, 'exit').then(() => Promise.reject(new Error('the load ended; see above'))),
    ])) as [{ result: Played | null }];
    return result;
  }

  async play(order: Omit<Play, 'kind'>): Promise<Played> {
    const played = await this.tell({ kind: 'play', ...order });
    if (!played) throw new Error('the load played nothing');
    return played;
  }

  end(): void {
    this.#process.disconnect();
  }
}
