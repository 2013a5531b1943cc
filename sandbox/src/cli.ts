/** What `nbpulse doctor` and `nbpulse grade` do. The command itself, with its options, is the server's. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { limits, type AssignmentPush, type RunReport, type SuiteProfile } from '@nbpulse/schema/wire';
import { chooseEngine, whyNoGrading } from './choose-engine.js';
import { doctor } from './doctor/doctor.js';
import { checkLine } from './doctor/check.js';
import type { SandboxConfig } from './environment.js';
import { timeWords } from './judge.js';
import { checkInEnvironment } from './check/check-in-environment.js';
import { checkText } from './check/check-text.js';
import { EngineFault, type Engine } from './engine.js';
import { environmentEngines } from './environments/engines.js';
import { RequirementsProblem } from './environments/problem.js';
import { gradeNotebook, recordProfile } from './run.js';

type Print = (line: string) => void;

/** @returns the exit code: 0 when submissions can be graded here, safely. */
export async function doctorCommand(config: SandboxConfig, print: Print): Promise<0 | 1> {
  const report = await doctor(config, (check) => print(checkLine(check)));
  if (!report.isHealthy) {
    print('\nGrading is off here: no sandbox that holds. Records, labs and the live page work without it.');
    return 1;
  }
  print(`\nGrading works: ${report.engine ?? ''}, tier ${report.tier ?? ''}. Every attempt to break out failed.`);
  return 0;
}

export interface GradeCommand {
  assignment: AssignmentPush;
  /** A notebook or a .py file. */
  notebookPath: string;
  /** Print the whole report as JSON instead of words. */
  json: boolean;
  signal?: AbortSignal;
}

/**
 * Grades one file as the worker would, without a server: for authors who try their tests.
 * @returns the exit code: 0 when there is a verdict, whatever the points; 1 when the sandbox or the input failed.
 */
export async function gradeCommand(config: SandboxConfig, command: GradeCommand, print: Print): Promise<0 | 1> {
  let notebook: Buffer;
  try {
    notebook = await readFile(command.notebookPath);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    print(
      `${command.notebookPath} cannot be read${code === 'ENOENT' ? ': there is no such file' : ` (${code ?? '?'})`}.`,
    );
    return 1;
  }
  if (notebook.length > limits.notebookBytes) {
    print(`${command.notebookPath} has ${notebook.length} bytes; at most ${limits.notebookBytes} are graded.`);
    return 1;
  }
  const chosen = await chooseEngine(config);
  if (!chosen.engine) {
    print(whyNoGrading(chosen.refused));
    return 1;
  }
  const engines = environmentEngines(config, chosen.engine, {});
  try {
    const { manifest, files } = command.assignment;
    const engine = await engines.engineFor(command.assignment, false);
    const filename = basename(command.notebookPath);
    const profile = await profileOf(engine, command.assignment, command.signal);
    const request = { notebook, filename, manifest, files, profile };
    const report = await gradeNotebook(engine, request, { signal: command.signal });
    print(command.json ? JSON.stringify(report, null, 2) : reportText(report));
    return report.outcome === 'sandbox-error' ? 1 : 0;
  } catch (error) {
    command.signal?.throwIfAborted();
    if (!(error instanceof EngineFault) && !(error instanceof RequirementsProblem)) throw error;
    print(`${error.message} ${error.cure ?? ''}`.trimEnd());
    return 1;
  } finally {
    await engines.close();
    await chosen.engine.close();
  }
}

/**
 * Checks an assignment's folder as a worker does at each push, without a server.
 * @returns the exit code: 0 it can grade; 1 something stops it; 3 no sandbox works here, or it failed.
 */
export async function checkCommand(
  config: SandboxConfig,
  command: {
    assignment: AssignmentPush;
    json: boolean;
    signal: AbortSignal;
    /** Variables that tell uv where packages come from. */
    forUv: Readonly<Record<string, string>>;
  },
  print: Print,
  progress: Print,
): Promise<0 | 1 | 3> {
  const { assignment, json, signal } = command;
  const chosen = await chooseEngine(config);
  if (!chosen.engine) {
    progress(whyNoGrading(chosen.refused));
    return 3;
  }
  const engines = environmentEngines(config, chosen.engine, command.forUv);
  try {
    const check = await checkInEnvironment(engines, assignment, {
      signal,
      onStep: (words, done, total) => progress(`${words} (${done + 1} of ${total})`),
    });
    print(json ? JSON.stringify(check, null, 2) : checkText(check, assignment.manifest.title));
    return check.ok ? 0 : 1;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof EngineFault)) throw error;
    progress(`The check could not be done: ${error.message}${error.cure === undefined ? '' : ` ${error.cure}`}`);
    return 3;
  } finally {
    await engines.close();
    await chosen.engine.close();
  }
}

/** As the server's check records it; null without a solution, or when it does not run. */
async function profileOf(
  engine: Engine,
  { manifest, files }: AssignmentPush,
  signal?: AbortSignal,
): Promise<SuiteProfile | null> {
  const solution = files.find(({ path }) => path === manifest.solution);
  if (!solution) return null;
  const notebook = Buffer.from(solution.b64, 'base64');
  return (await recordProfile(engine, { notebook, filename: basename(solution.path), manifest, files }, { signal }))
    .profile;
}

/** What an author wants to see: every test with its message, then the points. */
export function reportText(report: RunReport): string {
  const lines = report.tests.map((test) => {
    const mark = test.status === 'passed' ? '✓' : '✗';
    const hidden = test.visible ? '' : ' (hidden)';
    const message = test.staffMessage ?? test.message;
    const indented = message === undefined ? '' : `\n    ${message.trimEnd().replaceAll('\n', '\n    ')}`;
    return `${mark} ${test.status.padEnd(9)} ${test.points}/${test.maxPoints}  ${test.name}${hidden}${indented}`;
  });
  const reason = report.reason === undefined ? '' : `: ${report.reason}`;
  lines.push(`${report.outcome}${reason}`);
  if (report.staffReason !== undefined) lines.push(`for staff: ${report.staffReason}`);
  lines.push(
    `${report.points} of ${report.maxPoints} points, in ${timeWords(report.durationMs)} (${report.engine}, tier ${report.tier})`,
  );
  return lines.join('\n');
}
