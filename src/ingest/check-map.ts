/** A column that a person named for a role has to be somewhere in the inputs. */
import { Fault } from '../base/fault.js';
import { suggest } from '../base/suggest.js';
import type { RoleName } from '../event/role.js';
import type { FileReport } from './receipt.js';

const namesShown = 12;

/** Does nothing when no records were seen. **Faults** CC1201 for a column that no input has. */
export function checkMap(map: ReadonlyMap<RoleName, string>, files: readonly FileReport[]): void {
  const labels = new Set(files.flatMap((file) => file.labels));
  if (labels.size === 0) return;
  for (const [role, label] of map) {
    if (!labels.has(label)) throw unknownColumn(role, label, [...labels]);
  }
}

function unknownColumn(role: RoleName, label: string, labels: readonly string[]): Fault {
  const near = suggest(label, labels);
  const more = labels.length > namesShown ? ` and ${labels.length - namesShown} more` : '';
  const all = `columns: ${labels.slice(0, namesShown).join(', ')}${more}`;
  const text = `${role}=${label}`;
  const at = { option: '--map', text, start: role.length + 1, end: text.length };
  const hint = near === null ? all : `did you mean ${near}? ${all}`;
  return new Fault('CC1201', { name: label }, { at, hint });
}
