/** Who ended a sandbox, in the words of `SandboxExit`: what is certain goes before what may be. */
import type { SandboxExit } from '../engine.js';

export function whoEnded(found: {
  outside: boolean;
  hostOutOfMemory: boolean;
  perhaps: boolean;
}): Pick<SandboxExit, 'killedFromOutside' | 'hostOutOfMemory' | 'perhapsFromOutside'> {
  if (found.hostOutOfMemory) return { killedFromOutside: true, hostOutOfMemory: true };
  if (found.outside) return { killedFromOutside: true };
  return found.perhaps ? { perhapsFromOutside: true } : {};
}
