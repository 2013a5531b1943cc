/**
 * The preset `course`, read back from inside each sandbox and from the engine's own books: what a manifest promises is what holds.
 */
import { expect } from 'vitest';
import { assignmentManifest, courseRunLimits, type RunLimits } from '@nbpulse/schema/wire';
import type { Engine } from '../src/engine.js';
import { runPair } from '../src/run-pair.js';

/** What a manifest's `limits:` stands for, as the server stores it. */
export const limitsOf = (limits: unknown): Partial<RunLimits> | undefined =>
  assignmentManifest.parse({ slug: 'a', title: 'A', limits }).limits;

const lookAround = `
import json, os, re, socket
def mount(path):
    lines = [line.split() for line in open("/proc/self/mountinfo")]
    found = [line for line in lines if line[4] == path]
    return found[-1] if found else None
def refused(path):
    try:
        open(path, "w").close()
    except OSError as error:
        return error.errno
    os.unlink(path)
    return 0
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
tmp = os.statvfs("/tmp")
try:
    socket.socket(socket.AF_INET)
    network = True
except OSError:
    network = False
print(json.dumps({
    "uid": os.getuid(),
    "capabilities": int(status["CapEff"], 16) | int(status["CapBnd"], 16),
    "noNewPrivileges": status["NoNewPrivs"].strip() == "1",
    "seccomp": status["Seccomp"].strip() == "2",
    "rootOptions": mount("/")[5].split(","),
    "dataOptions": mount("/job/data")[5].split(","),
    "tmpBytes": tmp.f_blocks * tmp.f_frsize,
    "tmpFiles": tmp.f_files,
    "writesRoot": refused("/written"),
    "writesData": refused("/job/data/written"),
    "data": open("/job/data/rows.csv").read(),
    "interfaces": [line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line],
    "network": network,
}))
`;

export interface SeenInside {
  uid: number;
  capabilities: number;
  noNewPrivileges: boolean;
  seccomp: boolean;
  rootOptions: string[];
  dataOptions: string[];
  tmpBytes: number;
  tmpFiles: number;
  writesRoot: number;
  writesData: number;
  data: string;
  interfaces: string[];
  network: boolean;
}

const EROFS = 30;
const EACCES = 13;

/**
 * Runs a pair under `course` and expects what is seen inside.
 * @param whileItRuns is called when both are up; what it gives comes back
 */
export async function seeCourseLimits<T>(engine: Engine, whileItRuns: () => Promise<T>): Promise<[SeenInside, T]> {
  let looked: Promise<T> | undefined;
  const done = new AbortController();
  const printed: Buffer[] = [];
  await runPair(
    engine,
    {
      oracleArgv: ['python3', '-I', '-c', `${lookAround}\nimport time, sys; sys.stdout.flush(); time.sleep(60)`],
      probeArgv: ['sleep', '60'],
      limits: courseRunLimits,
      data: [{ path: 'rows.csv', bytes: Buffer.from('a,b\n') }],
    },
    {
      oracleStdin: Buffer.alloc(0),
      probeStdin: Buffer.alloc(0),
      oracleStdoutBytes: 64 * 1024,
      wallMs: courseRunLimits.wallMs,
      signal: done.signal,
      onOracleStdout: (chunk) => {
        printed.push(chunk);
        looked ??= whileItRuns().finally(() => done.abort());
      },
    },
  );
  if (!looked) throw new Error('the sandbox printed nothing');
  const seen = JSON.parse(Buffer.concat(printed).toString()) as SeenInside;
  expect(seen).toMatchObject({
    capabilities: 0,
    noNewPrivileges: true,
    tmpBytes: courseRunLimits.tmpBytes,
    data: 'a,b\n',
  });
  expect(seen.uid).not.toBe(0);
  expect(seen.rootOptions).toContain('ro');
  expect(seen.dataOptions).toContain('ro');
  expect([EROFS, EACCES]).toContain(seen.writesRoot);
  expect([EROFS, EACCES]).toContain(seen.writesData);
  expect(seen.interfaces.filter((name) => name !== 'lo')).toEqual([]);
  return [seen, await looked];
}
