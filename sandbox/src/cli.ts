/** What `nbpulse doctor` and `nbpulse grade` do. The command itself, with its options, is the server's. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { limits, type AssignmentPush, type RunReport } from '@nbpulse/schema/wire';
import { chooseEngine, whyNoGrading } from './choose-engine.js';
import { doctor } from './doctor/doctor.js';
import { checkLine } from './doctor/check.js';
import type { SandboxConfig } from './environment.js';
import { timeWords } from './judge.js';
import { gradeNotebook } from './run.js';

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
  try {
    const { manifest, files } = command.assignment;
    const filename = basename(command.notebookPath);
    const request = { notebook, filename, manifest, files };
    const report = await gradeNotebook(chosen.engine, request, { signal: command.signal });
    print(command.json ? JSON.stringify(report, null, 2) : reportText(report));
    return report.outcome === 'sandbox-error' ? 1 : 0;
  } finally {
    await chosen.engine.close();
  }
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
