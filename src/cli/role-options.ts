/** Roles given by people: `--map version=build` and `roles:` of the config. */
import { Fault } from '../base/fault.js';
import { suggest } from '../base/suggest.js';
import { isRoleName, type RoleName, type Roles, roleNames } from '../event/role.js';
import { optionFault } from './option-values.js';

/** Roles of a config, whose names were checked when it was read. */
export function rolesOf(config: Readonly<Record<string, readonly string[]>>): Roles {
  const roles: Partial<Record<RoleName, readonly string[]>> = {};
  for (const [name, labels] of Object.entries(config)) {
    if (isRoleName(name)) roles[name] = labels;
  }
  return roles;
}

/** `role=column`, one column a role. **Faults** CC1003, CC1201. */
export function parseMappings(texts: readonly string[]): ReadonlyMap<RoleName, string> {
  const roles = new Map<RoleName, string>();
  for (const text of texts) {
    const [name, label] = cutAtEquals(text, 'map', ['role=column', 'version=build']);
    if (!isRoleName(name)) throw unknownRole(name, text);
    if (roles.has(name)) {
      const hint = 'name the column that is filled most often';
      throw optionFault('map', text, { expected: `one column for ${name}`, hint });
    }
    roles.set(name, label);
  }
  return roles;
}

/** `column=value`, one value for every event. **Faults** CC1003. */
export function parseAssignments(texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(texts.map((text) => cutAtEquals(text, 'set', ['column=value', 'service=api'])));
}

function cutAtEquals(
  text: string,
  option: string,
  [expected, example]: readonly [string, string],
): [string, string] {
  const place = text.indexOf('=');
  if (place > 0 && place < text.length - 1) return [text.slice(0, place), text.slice(place + 1)];
  throw optionFault(option, text, { expected, hint: `write --${option} ${example}` });
}

function unknownRole(name: string, text: string): Fault {
  const near = suggest(name, roleNames);
  const hint = `roles: ${roleNames.join(', ')}`;
  const at = { option: '--map', text, start: 0, end: name.length };
  return new Fault('CC1201', { name }, { at, hint: near ? `did you mean ${near}? ${hint}` : hint });
}
