/** Reads one coldcase.yaml. Unknown keys are faults: a typing error must not go unnoticed. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { LineCounter, parseDocument } from 'yaml';
import { Fault, faultsOf, throwAll } from '../base/fault.js';
import { suggest } from '../base/suggest.js';
import { type RoleName, roleNames } from '../event/role.js';
import { namedFormula, nameProblem } from '../query/formula-text.js';
import type { NamedFormula } from '../query/spec.js';
import type { Config } from './config.js';

const texts = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((value) => (typeof value === 'string' ? [value] : value)),
);
/** Every rollup sums these up, so it cannot tell them apart. */
const summedUp: readonly string[] = ['time', 'weight', 'duration'] satisfies RoleName[];
const rollupKey = v.pipe(
  v.string(),
  v.check((name) => name !== '' && !summedUp.includes(name), `no ${summedUp.join(', ')}`),
);
const scalar = v.pipe(
  v.union([v.string(), v.number(), v.boolean()]),
  v.transform((value) => String(value)),
);
const source = v.strictObject({
  glob: v.string(),
  format: v.exactOptional(v.string()),
  pattern: v.exactOptional(v.string()),
  map: v.exactOptional(v.record(v.string(), v.string())),
  set: v.exactOptional(v.record(v.string(), scalar)),
});
const schema = v.strictObject({
  store: v.exactOptional(v.string()),
  queries: v.exactOptional(texts),
  keep: v.exactOptional(scalar),
  timezone: v.exactOptional(v.string()),
  bad: v.exactOptional(v.string()),
  history: v.exactOptional(scalar),
  roles: v.exactOptional(v.record(v.picklist(roleNames), texts)),
  rollup: v.exactOptional(v.pipe(texts, v.array(rollupKey))),
  fields: v.exactOptional(v.record(v.string(), v.string())),
  sources: v.exactOptional(v.array(source)),
});

const knownKeys = [...Object.keys(schema.entries), ...Object.keys(source.entries), ...roleNames];

/** The config in a file, its paths made absolute. **Faults** CC1301, CC1302, several at once. */
export function readConfig(path: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines, prettyErrors: false });
  throwAll(
    document.errors.map((error) => {
      const { line } = lines.linePos(error.pos[0]);
      return configFault(path, line, firstLine(error.message));
    }),
  );
  const checked = v.safeParse(schema, document.toJS() ?? {});
  if (checked.success) {
    const { fields, ...rest } = checked.output;
    const config = withAbsolutePaths(rest, path);
    if (fields === undefined) return config;
    const lineOf = (name: string): number => {
      const node = document.getIn(['fields', name], true) ?? document.contents;
      return lines.linePos(offsetOf(node)).line;
    };
    return { ...config, fields: readFields(path, fields, lineOf) };
  }
  const faults = checked.issues.map((issue) => {
    const keys = issue.path?.map((item) => item.key) ?? [];
    const node = document.getIn(keys, true) ?? document.contents;
    return issueFault(path, lines.linePos(offsetOf(node)).line, keys, issue);
  });
  throwAll(faults.sort((left, right) => (left.at?.line ?? 0) - (right.at?.line ?? 0)));
  return {};
}

/** The calculated fields of a dataset. **Faults** CC1230, CC1302, several at once. */
function readFields(
  path: string,
  fields: Readonly<Record<string, string>>,
  lineOf: (name: string) => number,
): readonly NamedFormula[] {
  const faults: Fault[] = [];
  const named = Object.entries(fields).flatMap(([name, text]): NamedFormula[] => {
    const line = lineOf(name);
    const at = place(path, line);
    const problem = nameProblem(name);
    if (problem !== null) faults.push(configFault(path, line, `fields: ${problem}`));
    try {
      return [namedFormula(name, { source: { text, option: null, ...at }, start: 0, at })];
    } catch (thrown) {
      const found = faultsOf(thrown);
      if (found.length === 0) throw thrown;
      faults.push(...found);
      return [];
    }
  });
  throwAll(faults);
  return named;
}

function withAbsolutePaths({ store, queries, ...config }: Config, path: string): Config {
  const absolute = (text: string): string => resolve(dirname(path), text);
  return {
    ...config,
    ...(store === undefined ? {} : { store: absolute(store) }),
    ...(queries === undefined ? {} : { queries: queries.map(absolute) }),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Fault('CC2003', { path }, { cause: error });
  }
}

function offsetOf(node: unknown): number {
  if (typeof node !== 'object' || node === null || !('range' in node)) return 0;
  return Array.isArray(node.range) && typeof node.range[0] === 'number' ? node.range[0] : 0;
}

function issueFault(
  path: string,
  line: number,
  keys: readonly unknown[],
  issue: v.BaseIssue<unknown>,
): Fault {
  const name = keys.join('.');
  if (issue.expected !== 'never' && issue.path?.at(-1)?.origin !== 'key') {
    const said = issue.type === 'check' ? issue.message : issue.expected;
    const expected = said ?? 'something else';
    const problem = `${name}: expected ${expected}, found ${issue.received}`;
    return configFault(path, line, problem);
  }
  const near = suggest(String(keys.at(-1)), knownKeys);
  const options = { at: place(path, line) };
  const params = { path, line, key: name };
  if (near === null) return new Fault('CC1301', params, options);
  return new Fault('CC1301', params, { ...options, hint: `did you mean ${near}?` });
}

function configFault(path: string, line: number, problem: string): Fault {
  return new Fault('CC1302', { path, line, problem }, { at: place(path, line) });
}

function place(path: string, line: number): { readonly file: string; readonly line: number } {
  return { file: path, line };
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
