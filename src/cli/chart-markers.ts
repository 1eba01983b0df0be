/** The markers of a dataset as a chart draws them. */
import type { Marker } from '../event/marker.js';
import { markerLabel, readMarkers } from '../store/marker-log.js';

/** In order of time. */
export async function chartMarkers(tableDir: string): Promise<readonly Marker[]> {
  const markers = await readMarkers(tableDir);
  return markers.map((one) => ({ at: one.start, label: markerLabel(one), kind: one.type }));
}
