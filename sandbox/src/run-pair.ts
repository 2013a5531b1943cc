/**
 * Watches over one pair from start to end, the same way on every engine: feeds both, keeps what they print up to a cap,
 * ends both when the oracle is done, when time is up, when somebody asks, or when one of them floods.
 *
 * States: *starting* (the engine works); *running*; *ending* (the first reason to stop is fixed, both are killed);
 * *released*. The first reason wins: what happens while ending does not change it.
 */
import type { Readable } from 'node:stream';
import type { Engine, PairRequest, SandboxExit, SandboxProcess } from './engine.js';

/** Why the pair ended. `finished`: the oracle exited by itself. */
export type EndCause = 'finished' | 'wall-clock' | 'aborted' | 'oracle-output';

export interface PairWatch {
  oracleStdin: Uint8Array;
  probeStdin: Uint8Array;
  /** The oracle's stdout beyond this ends the run. */
  oracleStdoutBytes: number;
  /** For both, from the start on. */
  wallMs: number;
  signal?: AbortSignal;
  onOracleStdout?: (chunk: Buffer) => void;
}

export interface SandboxEnd extends SandboxExit {
  stdout: Buffer;
  stderr: Buffer;
  /** What came after the cap and was thrown away. */
  droppedBytes: number;
}

export interface PairEnd {
  cause: EndCause;
  oracle: SandboxEnd;
  probe: SandboxEnd & { flooded: boolean };
  startedAt: Date;
  durationMs: number;
}

/** Printing a little too much is cut; this many times the cap is an attack on the host's time. */
const floodFactor = 64;

/** @throws EngineFault when the host could not run them. Whatever happens, nothing is left behind. */
export async function runPair(engine: Engine, request: PairRequest, watch: PairWatch): Promise<PairEnd> {
  watch.signal?.throwIfAborted();
  const pair = await engine.start(request);
  const { oracle, probe, startedAt } = pair;
  let cause: EndCause | undefined;
  const end = (reason: EndCause): void => {
    cause ??= reason;
    oracle.kill();
    probe.kill();
  };
  const onAbort = (): void => end('aborted');
  const wallTimer = setTimeout(() => end('wall-clock'), watch.wallMs);
  watch.signal?.addEventListener('abort', onAbort, { once: true });
  if (watch.signal?.aborted) onAbort();

  try {
    const oracleOut = keep(oracle.stdout, watch.oracleStdoutBytes, (chunk, totalBytes) => {
      if (totalBytes > watch.oracleStdoutBytes) end('oracle-output');
      else if (cause === undefined) watch.onOracleStdout?.(chunk);
    });
    const oracleErr = keep(oracle.stderr, request.limits.outputBytes);
    let flooded = false;
    // One cap for both streams: what they print, not where.
    const probeOut = keepTogether(probe, request.limits.outputBytes, (totalBytes) => {
      if (flooded || totalBytes <= floodFactor * request.limits.outputBytes) return;
      flooded = true;
      probe.kill();
    });
    oracle.stdin.end(watch.oracleStdin);
    probe.stdin.end(watch.probeStdin);

    const oracleExited = oracle.exited.finally(() => end('finished'));
    // A probe that ends is no end: the oracle sees it on the seam, and writes its report.
    const [oracleExit, probeExit] = await allOrFirstFault(oracleExited, probe.exited, () => end('finished'));
    return {
      cause: cause ?? 'finished',
      oracle: { ...oracleExit, stdout: oracleOut.kept(), stderr: oracleErr.kept(), droppedBytes: oracleErr.dropped() },
      probe: { ...probeExit, ...probeOut.both(), droppedBytes: probeOut.dropped(), flooded },
      startedAt,
      durationMs: Date.now() - startedAt.getTime(),
    };
  } finally {
    clearTimeout(wallTimer);
    watch.signal?.removeEventListener('abort', onAbort);
    await pair.release();
  }
}

/** Waits for both even when one fails, so that nothing runs on when the fault is reported. */
async function allOrFirstFault(
  oracle: Promise<SandboxExit>,
  probe: Promise<SandboxExit>,
  endBoth: () => void,
): Promise<[SandboxExit, SandboxExit]> {
  const [oracleEnd, probeEnd] = await Promise.allSettled([
    oracle,
    probe.catch((fault: unknown) => {
      endBoth();
      throw fault;
    }),
  ]);
  if (probeEnd.status === 'rejected') throw probeEnd.reason;
  if (oracleEnd.status === 'rejected') throw oracleEnd.reason;
  return [oracleEnd.value, probeEnd.value];
}

interface Kept {
  kept(): Buffer;
  dropped(): number;
}

function keep(stream: Readable, capBytes: number, onChunk?: (chunk: Buffer, totalBytes: number) => void): Kept {
  const chunks: Buffer[] = [];
  let totalBytes = 0;
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => {
    const room = capBytes - totalBytes;
    totalBytes += chunk.length;
    // A copy: a slice would keep the stream's whole block alive.
    if (room > 0) chunks.push(chunk.length > room ? Buffer.from(chunk.subarray(0, room)) : chunk);
    onChunk?.(chunk, totalBytes);
  });
  stream.resume();
  return { kept: () => Buffer.concat(chunks), dropped: () => Math.max(0, totalBytes - capBytes) };
}

function keepTogether(
  sandbox: Pick<SandboxProcess, 'stdout' | 'stderr'>,
  capBytes: number,
  onTotal: (totalBytes: number) => void,
): { both(): { stdout: Buffer; stderr: Buffer }; dropped(): number } {
  const chunks: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  let totalBytes = 0;
  for (const name of ['stdout', 'stderr'] as const) {
    sandbox[name].on('error', () => undefined);
    sandbox[name].on('data', (chunk: Buffer) => {
      const room = capBytes - totalBytes;
      totalBytes += chunk.length;
      if (room > 0) chunks[name].push(chunk.length > room ? Buffer.from(chunk.subarray(0, room)) : chunk);
      onTotal(totalBytes);
    });
    sandbox[name].resume();
  }
  return {
    both: () => ({ stdout: Buffer.concat(chunks.stdout), stderr: Buffer.concat(chunks.stderr) }),
    dropped: () => Math.max(0, totalBytes - capBytes),
  };
}
