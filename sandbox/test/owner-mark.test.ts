import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isOwnerAlive, ownMark, startTicks } from '../src/owner-mark.js';

describe.runIf(process.platform === 'linux')('the mark of what a process made', () => {
  it('is alive while the process is, and dead afterwards', async () => {
    const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(child, 'spawn');
    const [, , namespace] = (await ownMark()).split('-');
    const mark = `${child.pid ?? 0}-${(await startTicks(child.pid ?? 0)) ?? ''}-${namespace ?? ''}`;
    expect(await isOwnerAlive(mark)).toBe(true);
    child.stdin.end();
    await once(child, 'close');
    expect(await isOwnerAlive(mark)).toBe(false);
  });

  it('is dead when its process id was given out again', async () => {
    const [pid, , namespace] = (await ownMark()).split('-');
    expect(await isOwnerAlive(`${pid ?? ''}-1-${namespace ?? ''}`)).toBe(false);
  });

  it('is left alone when it is unreadable, or from another container', async () => {
    const [pid] = (await ownMark()).split('-');
    expect(await isOwnerAlive('whatever')).toBe(true);
    expect(await isOwnerAlive(`${pid ?? ''}-1-1`)).toBe(true);
  });
});
