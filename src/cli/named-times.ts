/** Names where a time or a window may stand: `scan:1`, `hold:CC-7`, `marker:build-31904`. */
import { Fault } from '../base/fault.js';
import { exactInstant } from '../render/cell.js';
import { openDataset } from '../store/dataset.js';
import { holdsOf } from '../store/hold.js';
import { tableDirOf } from '../store/layout.js';
import type { TimeRange } from '../time/range.js';
import type { WindowOptions } from '../time/window.js';
import { lazyCheckpoints, limitsOf } from './lazy-engine.js';
import { namedMarker } from './named-marker.js';
import { scanSelection } from './scan-selection.js';
import type { Settings } from './settings.js';

const namePattern = /^(scan|hold|marker):(.{1,200})$/;

/**
 * The options with times in place of names. A name as `--window` is the whole of it; elsewhere it
 * is its beginning, behind `..` and as `--until` its end.
 * **Faults** CC1350, CC1351, CC1354, CC1355, CC4010.
 */
export async function withoutNames(
  options: WindowOptions,
  settings: Settings,
): Promise<WindowOptions> {
  const range = (text: string) => rangeOf(text.trim(), settings);
  const at = async (text: string | null, side: 'start' | 'end'): Promise<string | null> => {
    const found = text === null ? null : await range(text);
    return found === null ? text : exactInstant(found[side]);
  };
  return {
    ...options,
    since: await at(options.since, 'start'),
    until: await at(options.until, 'end'),
    at: await at(options.at, 'start'),
    window: options.window === null ? null : await windowText(options.window, at),
  };
}

async function windowText(
  text: string,
  at: (text: string | null, side: 'start' | 'end') => Promise<string | null>,
): Promise<string> {
  const split = text.indexOf('..');
  const [left, right] = split < 0 ? [text, text] : [text.slice(0, split), text.slice(split + 2)];
  const [start, end] = [await at(left, 'start'), await at(right, 'end')];
  return split < 0 && start === text ? text : `${start}..${end}`;
}

/** Null for what is no name. */
async function rangeOf(text: string, settings: Settings): Promise<TimeRange | null> {
  const [, kind, name = ''] = namePattern.exec(text) ?? [];
  if (kind === undefined) return null;
  const tableDir = tableDirOf(settings.store, settings.dataset);
  if (kind === 'scan') return (await scanSelection(tableDir, text)).window;
  if (kind === 'marker') {
    const { start, end } = await namedMarker(tableDir, name);
    return { start, end: end ?? start };
  }
  const place = { storeDir: settings.store, name: settings.dataset };
  const dataset = await openDataset(place, lazyCheckpoints(limitsOf(settings)), 'files');
  const hold = holdsOf(dataset).find((one) => one.name === name);
  if (hold === undefined) throw new Fault('CC4010', { name });
  return hold.window;
}
