/** A guessed role as people read it. */
import type { RoleChoice } from '../ingest/receipt.js';

const roleCells = 12;

/** Role, columns and why; that a name is a convention's goes without saying. */
export function roleText({ role, labels, reason }: RoleChoice): string {
  const why = reason.replace(/^name of a convention, /, '');
  return `${role.padEnd(roleCells)}${labels.join(', ')}   (${why})`;
}
