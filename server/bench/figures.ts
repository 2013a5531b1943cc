/** Machine, configuration and percentiles, printed the same way by every bench. */
import { cpus, totalmem } from 'node:os';

export function machine(): string {
  const [cpu] = cpus();
  return `${cpu?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}, ${process.platform}`;
}

export interface Percentiles {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** Nearest-rank percentiles; NaN of nothing. */
export function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

export function line(what: string, figures: Percentiles, unit = 'ms'): string {
  const show = (value: number): string => value.toFixed(1).padStart(7);
  return `${what.padEnd(44)} p50 ${show(figures.p50)}  p95 ${show(figures.p95)}  p99 ${show(figures.p99)}  max ${show(figures.max)} ${unit}   n = ${figures.count}`;
}
