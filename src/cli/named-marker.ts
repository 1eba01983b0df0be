/** `marker:build-31904`: a marker by its id, its message, or a word of it. */
import { Fault } from '../base/fault.js';
import { readMarkers, type StoredMarker } from '../store/marker-log.js';

/** **Faults** CC1354 there is none, CC1355 there are several. */
export async function namedMarker(tableDir: string, name: string): Promise<StoredMarker> {
  const markers = await readMarkers(tableDir);
  const ways: readonly ((one: StoredMarker) => boolean)[] = [
    ({ id }) => id === name,
    ({ message }) => message === name,
    ({ message }) => message.split(/\s+/).includes(name),
  ];
  for (const way of ways) {
    const [found, other] = markers.filter(way);
    if (other !== undefined) {
      const ids = markers.filter(way).map(({ id }) => id);
      throw new Fault('CC1355', { name, ids: ids.slice(0, 5).join(', ') });
    }
    if (found !== undefined) return found;
  }
  throw new Fault('CC1354', { name });
}
