/** The one function of plotly.js that we call; the strict bundle comes without types. */
declare module 'plotly.js-strict-dist-min' {
  const Plotly: {
    newPlot(
      element: HTMLElement,
      data: unknown[],
      layout: Record<string, unknown>,
      config: { responsive: boolean; displaylogo: boolean },
    ): Promise<unknown>;
  };
  export default Plotly;
}
