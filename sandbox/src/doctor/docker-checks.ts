/** What a Docker engine says about itself: reachable, which runc, which limits it ignores, whether the image is there. */
import type Docker from 'dockerode';
import { z } from 'zod';
import { dockerClient } from '../docker/docker-engine.js';
import { buildImageCure, defaultGradingImage } from '../docker/grading-image.js';
import type { SandboxConfig } from '../environment.js';
import type { Check } from './check.js';
import { hasRuncFixes } from './runc-version.js';

const engineVersion = z.object({
  Version: z.string(),
  Components: z.array(z.object({ Name: z.string(), Version: z.string() })).nullish(),
});
const engineInfo = z.object({
  CgroupVersion: z.string().nullish(),
  SecurityOptions: z.array(z.string()).nullish(),
  MemoryLimit: z.boolean().nullish(),
  SwapLimit: z.boolean().nullish(),
  PidsLimit: z.boolean().nullish(),
  InitBinary: z.string().nullish(),
});

/** @param isWanted whether Docker is the engine to use; if not, its absence is only a note. */
export async function dockerChecks(config: SandboxConfig, isWanted: boolean): Promise<Check[]> {
  const absent = isWanted ? 'bad' : 'note';
  let docker: Docker;
  let version: z.infer<typeof engineVersion>;
  let info: z.infer<typeof engineInfo>;
  try {
    docker = dockerClient(config.dockerHost);
    version = engineVersion.parse(await docker.version());
    info = engineInfo.parse(await docker.info());
  } catch {
    const what = `no Docker engine answers at ${config.dockerHost ?? 'unix:///var/run/docker.sock'}`;
    const cure = 'apt-get install docker.io, start it, and add this user to the group docker; or set DOCKER_HOST';
    return [{ state: absent, what, cure: isWanted ? cure : undefined }];
  }
  const checks: Check[] = [{ state: 'good', what: `Docker engine ${version.Version}` }];
  const isPodman = (version.Components ?? []).some(({ Name }) => /podman/i.test(Name));
  const isRootless = (info.SecurityOptions ?? []).some((option) => option.includes('rootless'));
  if (isRootless && info.CgroupVersion === '1') {
    const cure = 'boot with systemd.unified_cgroup_hierarchy=1 (control groups v2), or use bubblewrap';
    const what = `rootless ${isPodman ? 'Podman' : 'Docker'} on control groups v1`;
    checks.push({ state: absent, what, meaning: 'it ignores every limit, so it is refused', cure });
  } else if (isPodman) {
    const what = 'this engine is Podman, not Docker';
    checks.push({
      state: absent,
      what,
      meaning: 'its tmpfs takes no inode limit; refused',
      cure: 'use bubblewrap or Docker',
    });
  }
  checks.push(...runc(version, absent));
  const lacking = [
    info.MemoryLimit === false ? 'memory' : '',
    info.SwapLimit === false ? 'swap' : '',
    info.PidsLimit === false ? 'processes' : '',
  ].filter((name) => name !== '');
  if (lacking.length > 0) {
    const cure = 'boot with cgroup_enable=memory swapaccount=1';
    checks.push({ state: 'weak', what: `this engine cannot limit ${lacking.join(', ')}`, cure });
  }
  checks.push(await image(docker, config, absent));
  return checks;
}

function runc(version: z.infer<typeof engineVersion>, absent: 'bad' | 'note'): Check[] {
  const found = (version.Components ?? []).find(({ Name }) => Name === 'runc')?.Version;
  if (found === undefined) return [];
  const isFixed = hasRuncFixes(found);
  if (isFixed === true) return [{ state: 'good', what: `runc ${found}` }];
  return [
    {
      state: absent === 'bad' ? 'weak' : 'note',
      what: `runc ${found} is older than 1.2.8, 1.3.3 and 1.4.0-rc.3`,
      meaning:
        'it lacks the fixes of November 2025 (CVE-2025-31133, -52565, -52881), unless your distribution patched it; ' +
        'our own filter and read-only mounts stand in front',
      cure: 'upgrade Docker (docs.docker.com/engine/install) or grade with bubblewrap',
    },
  ];
}

async function image(docker: Docker, config: SandboxConfig, absent: 'bad' | 'note'): Promise<Check> {
  const name = config.gradingImage ?? defaultGradingImage();
  try {
    await docker.getImage(name).inspect();
    return { state: 'good', what: `grading image ${name}` };
  } catch {
    return { state: absent, what: `the grading image ${name} is not there`, cure: buildImageCure };
  }
}
