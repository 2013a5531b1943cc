/** `npx nbpulse …`: what an operator or a course author does at the terminal. */
import { join, resolve } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { pushFolder } from './assignment.js';
import { CliProblem } from './problem.js';
import { requirePublicUrl, setup } from './setup.js';
import { staffLink } from './staff.js';
import { workerToken } from './worker-token.js';
import { checkout, surroundings } from './surroundings.js';
import { ownTerminal, type Terminal } from './terminal.js';

const help = `nbpulse: see a whole class's notebooks live, grade them in a sandbox

  nbpulse setup [--json] [--examples DIR] [--base-url URL] [--demo]
      migrate the database, make the example course, lab and assignments; print the first sign-in link
  nbpulse assignment check DIR [--json]
      run its solution and its bare template in the sandbox, here, without a server, and say what would stop it.
      Exit code: 0 it can grade, 1 something is to be mended, 2 called wrongly, 3 no sandbox works here
  nbpulse assignment push DIR [--course ID] [--lab ID] [--no-wait]
      push an assignment's folder (assignment.yaml, template, tests) as a new version; link it to a lab; print what
      the check of the server's worker found (exit code 1 when it stops the version)
  nbpulse staff link EMAIL [--role assistant|teacher|owner] [--course ID]
      a one-time link: invites a colleague, or resets the password of an account
  nbpulse worker [--until-idle 5m] [--max-time 55m] [--max-jobs N]
      grade submissions for a server (NBPULSE_SERVER, NBPULSE_WORKER_TOKEN); needs no database
  nbpulse worker token [NAME]
      a new token for a worker of that name; its earlier token stops to work
  nbpulse environment add NAME requirements.txt | list | remove NAME
      what notebooks of an assignment can import on this host; an assignment's own requirements.txt is made at its check
  nbpulse doctor
      what this host can do to hold untrusted code, and what is missing
  nbpulse grade DIR --tests FILE [--solution FILE] [--data FILE]… [--out FOLDER] [--format csv,json,pytest,gradescope,junit]
      [--points N] [--module NAME] [--environment NAME] [--limits course] [--timeout SECONDS] [--jobs N] [--show-hidden] [--quiet]
      grade a folder of submissions (.ipynb, marimo, .py) here, without a server: a table, and files of results.
      Exit code: 0 all graded, 1 some not, by our fault, 2 called wrongly, 3 no sandbox works here, 4 tests or solution
      are faulty, 130 stopped by Ctrl-C with what is done written
  nbpulse grade DIR NOTEBOOK [--json]
      grade one notebook against an assignment's folder, here, without a server

The server is the one of a running npm start, or the one that DATABASE_URL, NBPULSE_DATA and NBPULSE_PUBLIC_URL name.
`;

/** Runs one command. The exit code: 0 done, 1 it did not work, 2 it was called wrongly. */
export async function main(argv: string[], env: NodeJS.ProcessEnv, terminal: Terminal = ownTerminal): Promise<number> {
  try {
    return await dispatch(argv, env, terminal);
  } catch (error) {
    if (error instanceof CliProblem) {
      terminal.err(`${error.message}\n`);
      return error.exitCode;
    }
    // The unexpected: its words and, for whoever debugs, where it came from.
    terminal.err(`nbpulse failed: ${error instanceof Error ? error.message : String(error)}\n`);
    if (env.NBPULSE_DEBUG && error instanceof Error) terminal.err(`${error.stack ?? ''}\n`);
    else terminal.err('With NBPULSE_DEBUG=1 it also says where.\n');
    return 1;
  }
}

async function dispatch(argv: string[], env: NodeJS.ProcessEnv, terminal: Terminal): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      terminal.out(help);
      return command === undefined ? 2 : 0;
    case 'setup': {
      const { values } = read(
        rest,
        {
          json: { type: 'boolean' },
          examples: { type: 'string' },
          'base-url': { type: 'string' },
          demo: { type: 'boolean' },
        },
        0,
      );
      const where = requirePublicUrl(await surroundings(env), text(values['base-url']));
      const examples = resolve(text(values.examples) ?? join(checkout, 'examples'));
      const reply = await setup(where, examples, (line) => terminal.err(`${line}\n`), {
        demo: values.demo === true,
      });
      if (values.json === true) terminal.out(`${JSON.stringify(reply)}\n`);
      else terminal.out(`${reply.teacherLink ? `Teacher's page: ${reply.teacherLink}` : 'Ready.'}\n`);
      return 0;
    }
    case 'assignment': {
      const { values, positionals } = read(
        rest,
        {
          course: { type: 'string' },
          lab: { type: 'string' },
          'no-wait': { type: 'boolean' },
          json: { type: 'boolean' },
        },
        2,
      );
      const [verb, folder] = positionals;
      if (verb === 'check' && folder !== undefined) {
        return (await import('./sandbox.js')).checkHere(folder, values.json === true, env, terminal);
      }
      if (verb !== 'push' || folder === undefined) {
        throw wrong('nbpulse assignment check DIR [--json], or nbpulse assignment push DIR [--course ID] [--lab ID]');
      }
      return pushFolder(await surroundings(env), folder, terminal, {
        course: text(values.course),
        lab: text(values.lab),
        waits: values['no-wait'] !== true,
      });
    }
    case 'staff': {
      const { values, positionals } = read(
        rest,
        { role: { type: 'string' }, course: { type: 'string' }, 'base-url': { type: 'string' } },
        2,
      );
      const [verb, email] = positionals;
      if (verb !== 'link' || email === undefined) throw wrong('nbpulse staff link EMAIL [--role ROLE]');
      const where = requirePublicUrl(await surroundings(env), text(values['base-url']));
      const link = await staffLink(where, email, { role: text(values.role), course: text(values.course) });
      terminal.err(`${link.about}\n`);
      terminal.out(`${link.url}\n`);
      return 0;
    }
    case 'worker': {
      if (rest[0] === 'token') {
        const { positionals } = read(rest.slice(1), {}, 1);
        terminal.out(`${await workerToken(await surroundings(env), positionals[0] ?? 'worker')}\n`);
        return 0;
      }
      const { runWorker } = await import('../src/worker/main.js');
      return runWorker(rest, env);
    }
    case 'environment':
      return (await import('./environment.js')).environmentHere(rest, env, terminal);
    case 'doctor':
      return (await import('./sandbox.js')).doctorHere(rest, env, terminal);
    case 'grade':
      if (rest.some((argument) => /^--tests(=|$)/.test(argument))) {
        return (await import('./grade/command.js')).gradeFolder(rest, env, terminal);
      }
      return (await import('./sandbox.js')).gradeHere(rest, env, terminal);
    default:
      throw new CliProblem(`nbpulse has no command "${command}". nbpulse --help lists them.`, 2);
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const wrong = (usage: string): CliProblem => new CliProblem(`Call it so: ${usage}`, 2);

function read(
  args: string[],
  options: NonNullable<ParseArgsConfig['options']>,
  positionals: number,
): { values: Record<string, unknown>; positionals: string[] } {
  try {
    const parsed = parseArgs({ args, options, allowPositionals: positionals > 0 });
    if (parsed.positionals.length > positionals) {
      throw new CliProblem(
        `"${parsed.positionals[positionals] ?? ''}" is too much. nbpulse --help shows how to call it.`,
        2,
      );
    }
    return parsed;
  } catch (error) {
    if (error instanceof CliProblem) throw error;
    throw new CliProblem(
      `${error instanceof Error ? error.message : String(error)}. nbpulse --help shows how to call it.`,
      2,
    );
  }
}
