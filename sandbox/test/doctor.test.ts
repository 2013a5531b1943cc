import { describe, expect, it } from 'vitest';
import { checkLine } from '../src/doctor/check.js';
import { doctor } from '../src/doctor/doctor.js';
import { hasRuncFixes } from '../src/doctor/runc-version.js';
import { doctorCommand } from '../src/cli.js';
import { hasBubblewrap, testConfig } from './available-engines.js';

const works = await hasBubblewrap();
const config = testConfig();

describe('runc of November 2025', () => {
  it.each([
    ['1.1.5+ds1', false],
    ['1.2.7', false],
    ['1.2.8', true],
    ['1.3.2', false],
    ['1.3.3', true],
    ['1.4.0-rc.2', false],
    ['1.4.0-rc.3', true],
    ['1.4.0', true],
    ['1.5.0', true],
    ['2.0.0', true],
    ['1.0.3', false],
  ])('%s has the fixes: %s', (version, fixed) => {
    expect(hasRuncFixes(version)).toBe(fixed);
  });

  it('is unknown when the engine says nothing readable', () => {
    expect(hasRuncFixes('unknown')).toBeUndefined();
  });
});

describe('doctor', () => {
  it.runIf(works)('proves the engine by trying to break out, and finds nothing open', async () => {
    const report = await doctor({ ...config, engine: 'bubblewrap' });
    expect(report.checks.filter((check) => check.state === 'bad')).toEqual([]);
    expect(report.isHealthy).toBe(true);
    const lines = report.checks.map(checkLine).join('\n');
    expect(lines).toContain('a listener on this host was not reached');
    expect(lines).toContain('a fork bomb stops at 64 processes');
    expect(lines).toContain('takes more than 128 MB is ended');
    expect(lines).toMatch(/not root outside \(uid \d+/);
    expect(lines).toContain('✓ ok   warm start');
    expect(lines).toContain('no way leads to a warm parent');
  });

  it.runIf(works)('holds in tier B as well, and says what that means', async () => {
    const report = await doctor({ ...config, engine: 'bubblewrap', cgroups: 'off' });
    expect(report).toMatchObject({ isHealthy: true, tier: 'B' });
    expect(report.checks.map(checkLine).join('\n')).toContain('! weak tier B: no writable control groups');
  });

  it.runIf(works)('says so when sandboxes start cold, and proves those walls', async () => {
    const report = await doctor({ ...config, engine: 'bubblewrap', warmStart: 'off' });
    expect(report.isHealthy).toBe(true);
    expect(report.checks.map(checkLine).join('\n')).toContain('! weak cold start: the warm start is switched off');
  });

  it('names what is missing and the cure, and exits with 1, where no engine works', async () => {
    const lines: string[] = [];
    const broken = { ...config, engine: 'docker', dockerHost: 'unix:///nowhere/docker.sock' } as const;
    expect(await doctorCommand(broken, (line) => lines.push(line))).toBe(1);
    expect(lines.join('\n')).toContain('✗ no   no Docker engine answers at unix:///nowhere/docker.sock');
    expect(lines.join('\n')).toContain('cure: apt-get install docker.io');
    expect(lines.join('\n')).toContain('Grading is off here');
  });

  it('says so when the grading environment is missing', async () => {
    const report = await doctor({
      ...config,
      engine: 'bubblewrap',
      gradingPython: '/nowhere/bin/python3',
      gradingRoot: undefined,
    });
    expect(report.isHealthy).toBe(false);
    expect(report.checks.map(checkLine).join('\n')).toContain('/nowhere/bin/python3, does not start');
  });

  it('says so when grading is switched off', async () => {
    const report = await doctor({ ...config, engine: 'none' });
    expect(report.isHealthy).toBe(false);
    expect(report.checks).toHaveLength(1);
  });
});
