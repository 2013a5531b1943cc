/**
 * A Python of the project's environment that runs one piece of code after another, as a kernel without comms does: what
 * VS Code's interactive window, Colab, a terminal or a script give the kernel package to live in.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const atHome = `${root}.nbpulse/setup/python/develop/bin/python`;
/** Null on a host without the environment that `npm test` makes. */
export const python = process.env['NBPULSE_DEVELOP_PYTHON'] ?? (existsSync(atHome) ? atHome : null);
/** Where the package's source stands. */
export const packageFolder = process.env['NBPULSE_PACKAGE_FOLDER'] ?? `${root}extension`;

/** Says that a file's tests could not run here. */
export function noteNoPython(what: string): void {
  if (python === null) noteSkip(`python (develop): ${what} was not tested`, 'npm test (it makes the environment)');
}

/** For the list at the end of `npm test`. */
export function noteSkip(what: string, cure: string): void {
  const { NBPULSE_SKIPS } = process.env;
  if (NBPULSE_SKIPS) appendFileSync(NBPULSE_SKIPS, `${JSON.stringify({ what, cure })}\n`);
}

/** Reads code as JSON lines; evaluates a last expression; answers with its repr, or with the exception's text. */
const loop = `
import ast, json, sys, traceback
names = {"__name__": "__main__"}
real = sys.stdout
for line in sys.stdin:
    tree = ast.parse(json.loads(line))
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    try:
        exec(compile(tree, "<cell>", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if last else None
        reply = {"repr": None if value is None else repr(value)}
    except BaseException:
        reply = {"raised": traceback.format_exc()}
    print(json.dumps(reply), file=real, flush=True)
`;

export class PythonSession {
  private readonly child: ChildProcess;
  private readonly replies: ((line: string | null) => void)[] = [];
  /** What it printed beside its answers: nothing, where nbpulse keeps its word. */
  stderr = '';

  /** `home`: its state folder; `env`: more variables. */
  constructor(home: string, env: NodeJS.ProcessEnv = {}) {
    if (python === null) throw new Error('there is no Python environment');
    this.child = spawn(python, ['-c', loop], {
      env: {
        PATH: process.env['PATH'],
        XDG_STATE_HOME: home,
        PYTHONPATH: packageFolder,
        PYTHONDONTWRITEBYTECODE: '1',
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    if (this.child.stdout) {
      createInterface({ input: this.child.stdout })
        .on('line', (line) => this.replies.shift()?.(line))
        .on('close', () => this.replies.splice(0).forEach((reply) => reply(null)));
    }
  }

  /** The repr of the code's last expression, or null; throws what it raised. */
  async run(code: string): Promise<string | null> {
    const line = await new Promise<string | null>((resolve) => {
      this.replies.push(resolve);
      this.child.stdin?.write(`${JSON.stringify(code)}\n`);
    });
    if (line === null) throw new Error(`Python ended. It said:\n${this.stderr}`);
    const reply = JSON.parse(line) as { repr?: string | null; raised?: string };
    if (reply.raised !== undefined) throw new Error(reply.raised);
    return reply.repr ?? null;
  }

  /** Ends it as a script ends, or as `kill -9` does. */
  async end(how: 'exit' | 'kill' = 'exit'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const ended = new Promise<number | null>((resolve) => this.child.once('exit', resolve));
    if (how === 'exit') this.child.stdin?.end();
    else this.child.kill('SIGKILL');
    return ended;
  }
}
