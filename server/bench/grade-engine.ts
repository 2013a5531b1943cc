/** A number of submissions on one engine, without server and queue: what the engine alone can do. */
import { gradeNotebook, type Engine } from '@nbpulse/sandbox';
import { benchAssignment, type Work } from './grade-work.js';
import { machineBusySeconds, treeCpuSeconds } from './grade-cpu.js';

export interface EngineFigures {
  wallMs: number;
  /** Of each submission, from the request to the report. */
  eachMs: number[];
  /** Of each submission of a light notebook, likewise. */
  lightMs: number[];
  /** Of this process and all below it; a container is nobody's child here. */
  cpuMs: number;
  /** This process alone: the Node side. */
  nodeCpuMs: number;
  /** Of the whole machine meanwhile, others' work included. */
  busyMs: number;
  /** Runs that did not get what they must get, in words. */
  wrong: string[];
}

/** @param jobs how many at a time */
export async function gradeAll(
  engine: Engine,
  works: readonly Work[],
  { jobs, limitMs }: { jobs: number; limitMs: number },
): Promise<EngineFigures> {
  const assignment = benchAssignment(limitMs);
  const figures: EngineFigures = {
    wallMs: 0,
    eachMs: [],
    lightMs: [],
    cpuMs: 0,
    nodeCpuMs: 0,
    busyMs: 0,
    wrong: [],
  };
  const grade = async ({ kind, filename, bytes, points }: Work): Promise<void> => {
    const began = performance.now();
    const report = await gradeNotebook(engine, { ...assignment, notebook: bytes, filename, profile: null });
    const taken = performance.now() - began;
    figures.eachMs.push(taken);
    if (kind === 'trivial') figures.lightMs.push(taken);
    if (report.points !== points || report.outcome === 'sandbox-error') {
      const why = report.staffReason ?? report.reason ?? '';
      figures.wrong.push(`${filename}: ${report.outcome}, ${report.points} of ${points} points. ${why}`.slice(0, 300));
    }
  };
  const left = [...works];
  const oneAfterTheOther = async (): Promise<void> => {
    for (let work = left.shift(); work; work = left.shift()) await grade(work);
  };
  const before = { at: performance.now(), tree: treeCpuSeconds([process.pid]), busy: machineBusySeconds() };
  const nodeBefore = process.cpuUsage();
  await Promise.all(Array.from({ length: jobs }, oneAfterTheOther));
  const node = process.cpuUsage(nodeBefore);
  figures.wallMs = performance.now() - before.at;
  figures.cpuMs = 1000 * (treeCpuSeconds([process.pid]) - before.tree);
  figures.busyMs = 1000 * (machineBusySeconds() - before.busy);
  figures.nodeCpuMs = (node.user + node.system) / 1000;
  return figures;
}
