/** The kinds of charts a terminal shows. */
export const chartKinds = ['line', 'stacked', 'bar', 'heatmap', 'histogram'] as const;
export type ChartKind = (typeof chartKinds)[number];
