/**
 * A child process that cannot outlive us, not even when we are killed with SIGKILL: it runs under a small shell that holds our
 * end of a pipe as its stdin. Whatever ends us closes the pipe.
 *
 * States: *running* → *stopping* (pipe closed: the stop signal was sent, and SIGKILL follows after the grace) → *ended*
 * (`exited` is settled, nothing of its process group is left, its litter is removed).
 */
import { spawn } from 'node:child_process';

// The child leads a session of its own where there is a setsid (Linux), so that a Ctrl-C in the terminal reaches only us, and
// so that what it leaves behind, whatever signals that ignores, can be ended with it. `3` is the pipe; the child must not
// inherit it, nor read from it. A background job of sh ignores SIGINT until it sets a handler of its own, as Postgres does.
const wrapper = `
signal=$1 graceSeconds=$2 litter=$3; shift 3
exec 3<&0 </dev/null
session=; if command -v setsid >/dev/null; then session=setsid; fi
$session "$@" 3<&- & child=$!
(
  while read -r _ <&3; do :; done
  kill -s "$signal" "$child" 2>/dev/null
  ticks=0
  while kill -0 "$child" 2>/dev/null; do
    [ "$ticks" -ge $((graceSeconds * 20)) ] && kill -s KILL "$child" 2>/dev/null
    sleep 0.05; ticks=$((ticks + 1))
  done
) & watcher=$!
exec 3<&-
wait "$child"; code=$?
kill -s KILL "$watcher" 2>/dev/null
if [ -n "$session" ] && kill -s TERM -- "-$child" 2>/dev/null; then
  ticks=0
  while [ "$ticks" -lt 20 ] && kill -0 -- "-$child" 2>/dev/null; do sleep 0.05; ticks=$((ticks + 1)); done
  kill -s KILL -- "-$child" 2>/dev/null
fi
if [ -n "$litter" ]; then
  # a container engine leaves mounts in its folder
  while read -r _ at _; do case $at in "$litter"/*) umount -l "$at";; esac; done 2>/dev/null </proc/mounts
  rm -rf -- "$litter"
fi
exit "$code"
`;

/**
 * @typedef {object} TiedOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {{ uid: number, gid: number } | null} [user] run as this user (we must be root)
 * @property {'INT' | 'TERM'} [stopSignal] default TERM
 * @property {number} [graceSeconds] after the stop signal; default 10
 * @property {string} [litter] a folder to remove when the child has ended
 * @property {import('node:child_process').StdioOptions} [output] stdout and stderr; default both piped
 */

/**
 * @param {string} command
 * @param {string[]} args
 * @param {TiedOptions} [options]
 */
export function startTied(command, args, options = {}) {
  const { cwd, env, user, stopSignal = 'TERM', graceSeconds = 10, litter = '', output = ['pipe', 'pipe'] } = options;
  const child = spawn(
    '/bin/sh',
    ['-c', wrapper, 'nbpulse-tied', stopSignal, String(graceSeconds), litter, command, ...args],
    {
      cwd,
      env,
      detached: true,
      stdio: ['pipe', ...output],
      ...(user ? { uid: user.uid, gid: user.gid } : {}),
    },
  );
  child.stdin?.on('error', () => undefined);
  /** @type {Promise<number>} exit code; 128 + signal number when a signal ended it, 127 when it could not be started */
  const exited = new Promise((settle) => {
    child.once('error', () => settle(127));
    child.once('exit', (code, signal) => settle(code ?? (signal === 'SIGKILL' ? 137 : 143)));
  });
  return {
    child,
    /** Of the wrapper. */
    pid: child.pid ?? -1,
    exited,
    /** Closes the pipe and waits for the end. */
    async stop() {
      child.stdin?.end();
      child.stdin?.destroy();
      return exited;
    },
  };
}
/** @typedef {ReturnType<typeof startTied>} TiedProcess */
