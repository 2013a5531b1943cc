/** An engine that starts its pairs the one way, and no other by accident. */
import { expect } from 'vitest';
import { openBubblewrap, type BubblewrapEngine } from '../src/bubblewrap/bubblewrap-engine.js';
import type { SandboxConfig } from '../src/environment.js';

/** It is asked at the start and again at the end: an engine that had to give up its warm parents has tested the other way. */
export async function openStarting(start: 'warm' | 'cold', config: SandboxConfig): Promise<BubblewrapEngine> {
  const engine = await openBubblewrap({ ...config, warmStart: start === 'cold' ? 'off' : 'auto' });
  const close = engine.close.bind(engine);
  const expectStart = async (): Promise<void> => {
    const why = await engine.whyCold();
    if (start === 'warm') expect(why).toBeUndefined();
    else expect(why).toBe('the warm start is switched off');
  };
  engine.close = async () => {
    try {
      await expectStart();
    } finally {
      await close();
    }
  };
  await expectStart().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return engine;
}
