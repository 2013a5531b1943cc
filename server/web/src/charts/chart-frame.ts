/**
 * What runs inside the sandboxed frame of a chart: an origin of its own, no network, no code from text. The chart's data stand in the
 * page as JSON (server/src/records/chart-page.ts); nothing of them is ever run.
 */
export type Draw = (element: HTMLElement, spec: unknown) => Promise<unknown>;

export function drawChart(draw: Draw): void {
  const element = document.getElementById('chart');
  const data = document.getElementById('spec')?.textContent;
  if (!element || !data) return;
  const fail = (error: unknown): void => {
    element.textContent = `This chart cannot be drawn here: ${error instanceof Error ? error.message : String(error)}`;
  };
  try {
    draw(element, JSON.parse(data)).catch(fail);
  } catch (error) {
    fail(error);
  }
}
