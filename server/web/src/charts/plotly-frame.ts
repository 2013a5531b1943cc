/** plotly.js in the bundle that makes no code from text. */
import Plotly from 'plotly.js-strict-dist-min';
import { drawChart } from './chart-frame.js';

drawChart(async (element, spec) => {
  const { data, layout } = spec as { data?: unknown[]; layout?: Record<string, unknown> };
  // It fills the frame, whatever size it was given for a notebook; the frame can be made larger.
  const size = { autosize: true, width: undefined, height: undefined };
  await Plotly.newPlot(element, data ?? [], { ...layout, ...size }, { responsive: true, displaylogo: false });
});
