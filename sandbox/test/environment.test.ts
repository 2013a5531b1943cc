import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseEngine, whyNoGrading } from '../src/choose-engine.js';
import { sandboxConfig } from '../src/environment.js';
import { madeByLauncher } from '../src/made-by-launcher.js';

describe('the sandbox’s settings', () => {
  it('come from the environment', () => {
    const config = sandboxConfig({
      NBPULSE_ENGINE: 'docker',
      NBPULSE_BWRAP: '/opt/bwrap',
      NBPULSE_GRADING_PYTHON: '/opt/grading/bin/python3',
      NBPULSE_GRADING_IMAGE: 'grade:1',
      DOCKER_HOST: 'unix:///run/docker.sock',
    });
    expect(config).toMatchObject({
      engine: 'docker',
      bwrapPath: '/opt/bwrap',
      gradingPython: '/opt/grading/bin/python3',
      gradingImage: 'grade:1',
      dockerHost: 'unix:///run/docker.sock',
    });
  });

  it('take an empty variable for an unset one', () => {
    expect(sandboxConfig({ NBPULSE_GRADING_IMAGE: ' ' }).gradingImage).toBeUndefined();
    expect(sandboxConfig({}).engine).toBe('auto');
  });

  it('name the variable that cannot be understood, and what is allowed', () => {
    expect(() => sandboxConfig({ NBPULSE_ENGINE: 'podman' })).toThrow(
      'NBPULSE_ENGINE is "podman"; it may be auto, bubblewrap, docker or none.',
    );
    expect(() => sandboxConfig({ NBPULSE_WARM_START: 'on' })).toThrow(
      'NBPULSE_WARM_START is "on"; it may be auto or off. Unset it for auto.',
    );
    expect(sandboxConfig({ NBPULSE_WARM_START: 'off' }).warmStart).toBe('off');
    expect(sandboxConfig({}).warmStart).toBe('auto');
  });

  it('fall back to what the launcher made for this checkout', async () => {
    const checkout = await mkdtemp(join(tmpdir(), 'nbpulse-checkout-'));
    try {
      expect(madeByLauncher(checkout)).toEqual({});
      const bin = join(checkout, '.nbpulse', 'setup', 'python', 'grading', 'bin');
      await mkdir(bin, { recursive: true });
      await writeFile(join(bin, 'python3'), '');
      expect(madeByLauncher(checkout)).toEqual({
        gradingPython: join(bin, 'python3'),
        environmentsFolder: join(checkout, '.nbpulse', 'setup', 'python', 'environments'),
      });
    } finally {
      await rm(checkout, { recursive: true });
    }
  });
});

describe('choosing an engine', () => {
  it('gives none where grading is switched off', async () => {
    const chosen = await chooseEngine({ engine: 'none', cgroups: 'auto' });
    expect(chosen).toEqual({ engine: undefined, refused: [] });
    expect(whyNoGrading([])).toBe('Grading is off: NBPULSE_ENGINE=none.');
  });

  it('says of each engine why not, and what to do', async () => {
    const nowhere = { engine: 'auto', cgroups: 'auto', dockerHost: 'unix:///nowhere/docker.sock' } as const;
    const chosen = await chooseEngine(nowhere);
    if (chosen.engine) throw new Error('there should be no engine');
    const words = whyNoGrading(chosen.refused);
    expect(words).toContain('bubblewrap: No grading environment is configured. Run "npm start" once');
    expect(words).toContain('docker: No Docker engine answers at unix:///nowhere/docker.sock. Install it');
    expect(words).toContain('npx nbpulse doctor');
  });
});
