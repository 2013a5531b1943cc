/** The sandbox's settings. The environment is read here, once; everything else receives the parsed object. */
import { z } from 'zod';
import { madeByLauncher } from './made-by-launcher.js';

const text = z
  .string()
  .trim()
  .transform((value) => (value === '' ? undefined : value))
  .optional();

/** What may stand in variables that are no free text, the default first. */
const choices = {
  NBPULSE_ENGINE: ['auto', 'bubblewrap', 'docker', 'none'],
  NBPULSE_WARM_START: ['auto', 'off'],
} as const;

const sandboxVariables = z.object({
  NBPULSE_ENGINE: z.enum(choices.NBPULSE_ENGINE).default('auto'),
  NBPULSE_WARM_START: z.enum(choices.NBPULSE_WARM_START).default('auto'),
  NBPULSE_BWRAP: text,
  NBPULSE_GRADING_PYTHON: text,
  NBPULSE_GRADING_ROOT: text,
  NBPULSE_GRADING_IMAGE: text,
  NBPULSE_ENVIRONMENTS: text,
  DOCKER_HOST: text,
});

export interface SandboxConfig {
  engine: 'auto' | 'bubblewrap' | 'docker' | 'none';
  /** A bwrap binary to use before the one on the PATH is tried, or after it failed. */
  bwrapPath?: string;
  /** The grading environment's interpreter: `<venv>/bin/python3`. Its folder is bound read-only at `/env`. */
  gradingPython?: string;
  /** A built root folder (`sandbox/images`); used by bubblewrap in place of the composed one. */
  gradingRoot?: string;
  /** Default: the tag that `sandbox/images/build-image.mjs` gives. */
  gradingImage?: string;
  /** Grading environments of assignments, a folder each; the sandbox's uids must be able to read it. */
  environmentsFolder?: string;
  /** The uv that makes them; default the one on the PATH. */
  uvPath?: string;
  /** `unix:///path`; default the engine's usual socket. */
  dockerHost?: string;
  /** `off` makes bubblewrap use tier B where tier A would be possible. */
  cgroups: 'auto' | 'off';
  /** `off` makes both engines start a fresh interpreter for each sandbox. Default `auto`: a warm one where it works. */
  warmStart?: 'auto' | 'off';
}

/**
 * What a variable does not say comes from what `npm start` made, if it did.
 * @throws Error naming the variable, its value and what is allowed.
 */
export function sandboxConfig(environment: Readonly<Record<string, string | undefined>>): SandboxConfig {
  const parsed = sandboxVariables.safeParse(environment);
  if (!parsed.success) {
    const wrong = parsed.error.issues[0]?.path[0];
    const name = wrong === 'NBPULSE_WARM_START' ? wrong : 'NBPULSE_ENGINE';
    const allowed = choices[name].join(', ').replace(/, (\w+)$/, ' or $1');
    throw new Error(`${name} is "${environment[name] ?? ''}"; it may be ${allowed}. Unset it for auto.`);
  }
  const values = parsed.data;
  const made = madeByLauncher();
  return {
    engine: values.NBPULSE_ENGINE,
    bwrapPath: values.NBPULSE_BWRAP ?? made.bwrapPath,
    gradingPython: values.NBPULSE_GRADING_PYTHON ?? made.gradingPython,
    gradingRoot: values.NBPULSE_GRADING_ROOT,
    gradingImage: values.NBPULSE_GRADING_IMAGE,
    environmentsFolder: values.NBPULSE_ENVIRONMENTS ?? made.environmentsFolder,
    uvPath: made.uvPath,
    dockerHost: values.DOCKER_HOST,
    cgroups: 'auto',
    warmStart: values.NBPULSE_WARM_START,
  };
}
