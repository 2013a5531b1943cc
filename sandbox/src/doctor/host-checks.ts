/** What can be read off this host without starting anything. */
import { readFile } from 'node:fs/promises';
import { openControlGroups } from '../bubblewrap/control-groups.js';
import { findBwrap } from '../bubblewrap/find-bwrap.js';
import type { SandboxConfig } from '../environment.js';
import { seccompProgram } from '../seccomp.js';
import type { Check } from './check.js';

export async function hostChecks(config: SandboxConfig): Promise<Check[]> {
  if (process.platform !== 'linux') {
    const what = `this is ${process.platform}: bubblewrap needs Linux, grading uses Docker`;
    return [{ state: 'note', what }];
  }
  return [filter(), ...(await bwrap(config)), ...(await userNamespaces()), await controlGroups(config)];
}

function filter(): Check {
  try {
    return { state: 'good', what: `system call filter for ${process.arch} (${seccompProgram().length} bytes)` };
  } catch (error) {
    return { state: 'bad', what: error instanceof Error ? error.message : String(error) };
  }
}

async function bwrap(config: SandboxConfig): Promise<Check[]> {
  const candidates = await findBwrap(config.bwrapPath);
  const works = candidates.some((candidate) => 'version' in candidate);
  return candidates.map((candidate): Check => {
    if ('version' in candidate) {
      const from = candidate.from === 'PATH' ? 'on the PATH' : 'given by NBPULSE_BWRAP or npm start';
      return { state: 'good', what: `bubblewrap ${candidate.version}, ${candidate.path}, ${from}` };
    }
    const cure = 'apt-get install bubblewrap, or set NBPULSE_BWRAP to a bwrap binary (npm start gets one by itself)';
    return { state: works ? 'note' : 'bad', what: `bubblewrap: ${candidate.reason}`, cure: works ? undefined : cure };
  });
}

async function setting(path: string): Promise<string | undefined> {
  return readFile(`/proc/sys/${path}`, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}

async function userNamespaces(): Promise<Check[]> {
  const found: Check[] = [];
  const meaning = 'bubblewrap cannot isolate anything without them';
  if ((await setting('kernel/unprivileged_userns_clone')) === '0') {
    const cure = 'sudo sysctl -w kernel.unprivileged_userns_clone=1 (keep it in /etc/sysctl.d/60-nbpulse.conf)';
    found.push({ state: 'bad', what: 'user namespaces are switched off for ordinary users', meaning, cure });
  }
  if ((await setting('kernel/apparmor_restrict_unprivileged_userns')) === '1') {
    const cure =
      'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (keep it in /etc/sysctl.d/60-nbpulse.conf), ' +
      'or an AppArmor profile for bwrap and unshare that has "userns,"';
    const what = 'AppArmor refuses user namespaces to programs without a profile (Ubuntu 23.10 and later)';
    found.push({ state: 'weak', what, meaning, cure });
  }
  if ((await setting('user/max_user_namespaces')) === '0') {
    const cure = 'sudo sysctl -w user.max_user_namespaces=10000';
    found.push({ state: 'bad', what: 'this host allows 0 user namespaces', meaning, cure });
  }
  if (found.length === 0) found.push({ state: 'good', what: 'no setting of this kernel refuses user namespaces' });
  return found;
}

async function controlGroups(config: SandboxConfig): Promise<Check> {
  const groups = config.cgroups === 'off' ? undefined : await openControlGroups();
  if (groups) {
    return { state: 'good', what: `tier A: control groups (v${groups.version}) limit a sandbox as a whole` };
  }
  return {
    state: 'weak',
    what: 'tier B: no writable control groups',
    meaning: 'limits hold per process, the sum is sampled each 50 ms, and runs go one at a time',
    cure: 'systemd-run --user --scope -p Delegate=yes npx nbpulse worker …, or run the worker as root, or use Docker',
  };
}
