import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { courseRunLimits, MiB, runReport } from '@nbpulse/schema/wire';
import { openBubblewrap } from '../src/bubblewrap/bubblewrap-engine.js';
import { openControlGroups } from '../src/bubblewrap/control-groups.js';
import { gradeNotebook } from '../src/run.js';
import { hasBubblewrap, testConfig } from './available-engines.js';
import { manifestOf, request, right } from './grading-cases.js';
import { limitsOf, seeCourseLimits } from './limits-contract.js';

const works = await hasBubblewrap();
const groups = works ? await openControlGroups() : undefined;

describe('limits of a manifest', () => {
  it('are a preset, a preset with changes, or single values', () => {
    expect(limitsOf('course')).toEqual({
      wallMs: 30_000,
      testMs: 10_000,
      memoryBytes: 256 * MiB,
      pids: 128,
      tmpBytes: 64 * MiB,
      outputBytes: MiB,
      cpus: 0.5,
    });
    expect(limitsOf({ preset: 'course', wallMs: 20_000 })).toEqual({ ...courseRunLimits, wallMs: 20_000 });
    expect(limitsOf({ wallMs: 20_000 })).toEqual({ wallMs: 20_000 });
    // As the server reads it back.
    expect(limitsOf(limitsOf('course'))).toEqual(courseRunLimits);
  });

  it.each([['corse'], [{ preset: 'corse' }], [{ memory: 1 }], [{ wallMs: 1 }], [['course']]])('are not %j', (wrong) => {
    expect(() => limitsOf(wrong)).toThrow();
  });
});

describe.runIf(groups)('the preset course on bubblewrap, tier A', async () => {
  const engine = await openBubblewrap(testConfig());
  afterAll(() => engine.close());

  /** The settings of this process's control groups, by file. */
  async function written(): Promise<Record<string, string[]>> {
    const found: Record<string, string[]> = {};
    const folders = (await readdir('/sys/fs/cgroup', { recursive: true })).filter((path) =>
      new RegExp(`(^|/)nbpulse-${process.pid}-[^/]*$`).test(path),
    );
    const files = [
      'memory.limit_in_bytes',
      'memory.max',
      'pids.max',
      'cpu.cfs_quota_us',
      'cpu.cfs_period_us',
      'cpu.max',
    ];
    for (const folder of folders) {
      for (const file of files) {
        const text = await readFile(join('/sys/fs/cgroup', folder, file), 'utf8').catch(() => null);
        if (text !== null) found[file] = [...(found[file] ?? []), text.trim()];
      }
    }
    return found;
  }

  it('holds as its control groups and the kernel’s own files say', async () => {
    const [seen, files] = await seeCourseLimits(engine, written);
    expect(seen.uid).toBe(1000);
    expect(seen).toMatchObject({ seccomp: true, network: false });
    const [memory, cpu] =
      groups?.version === 1 ? ['memory.limit_in_bytes', 'cpu.cfs_quota_us'] : ['memory.max', 'cpu.max'];
    // One group for the oracle, one for the probe; a warm parent has its own.
    expect(files[memory]?.filter((text) => text === String(256 * MiB))).toHaveLength(2);
    expect(files['pids.max']?.filter((text) => text === '128')).toHaveLength(2);
    expect(files[cpu]?.filter((text) => text === '50000' || text === '50000 100000')).toHaveLength(2);
  });
});

describe.runIf(works)('a submission that goes beyond', async () => {
  const engine = await openBubblewrap(testConfig());
  afterAll(() => engine.close());
  const manifest = manifestOf({ limits: { ...courseRunLimits, testMs: 3_000, tmpBytes: 4 * MiB } });
  const grade = async (largest: string) => {
    const report = await gradeNotebook(engine, request([right, largest], { manifest }));
    expect(runReport.safeParse(report).error).toBeUndefined();
    expect(report.tests.find((test) => test.name === 'test_mean')?.status).toBe('passed');
    return report;
  };

  it('its disk is told so', async () => {
    const fill = `def largest(xs):\n    with open('/tmp/big', 'wb') as out:\n        out.write(b'x' * (8 << 20))`;
    expect(await grade(fill)).toMatchObject({
      outcome: 'failed',
      reason: 'used more than 4 MB of disk in test_largest',
    });
  });

  it('its processes is told so', async () => {
    const threads = `import threading, time\ndef largest(xs):\n    for _ in range(400):\n        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()`;
    expect(await grade(threads)).toMatchObject({
      outcome: 'failed',
      reason: 'started more than 128 processes and threads in test_largest',
    });
  });

  it('its time is told so', async () => {
    expect(await grade('def largest(xs):\n    while True: pass')).toMatchObject({
      outcome: 'timed-out',
      reason: 'stopped after 3 s in test_largest',
    });
  });
});
