/** Finds coldcase.yaml. Reading one costs a YAML parser, so that is loaded only when one exists. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { NamedFormula } from '../query/spec.js';
import type { Environment } from './terminal.js';

/** What a config file may say; every key may be absent. Paths are absolute. */
export interface Config {
  readonly store?: string;
  /** Folders of saved queries. */
  readonly queries?: readonly string[];
  readonly keep?: string;
  readonly timezone?: string;
  readonly bad?: string;
  /** `off` keeps questions out of the history. */
  readonly history?: string;
  readonly roles?: Readonly<Record<string, readonly string[]>>;
  /** What rollups tell apart: roles or columns. */
  readonly rollup?: readonly string[];
  readonly sources?: readonly ConfigSource[];
  readonly fields?: readonly NamedFormula[];
}

/** How files of a kind are to be ingested. `{host}` in the glob takes the host from the name. */
export interface ConfigSource {
  readonly glob: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly map?: Readonly<Record<string, string>>;
  readonly set?: Readonly<Record<string, string>>;
}

/** A configuration and the file it is of. */
export interface LocatedConfig {
  readonly path: string;
  readonly config: Config;
}

/** Configs that exist, nearest first. **Faults** CC1301, CC1302. */
export async function findConfigs(
  directory: string,
  env: Environment,
): Promise<readonly LocatedConfig[]> {
  const paths = [...projectFiles(directory), personalFile(env)].filter((path) => existsSync(path));
  if (paths.length === 0) return [];
  const { readConfig } = await import('./config-file.js');
  return paths.map((path) => ({ path, config: readConfig(path) }));
}

/** The first coldcase.yaml from here up to the git root; outside a repository only the one here. */
function projectFiles(directory: string): readonly string[] {
  const files = directoriesAbove(directory).map((path) => join(path, 'coldcase.yaml'));
  return files.filter((path) => existsSync(path)).slice(0, 1);
}

/** From here up to the git root; outside a repository only here. */
export function directoriesAbove(directory: string): readonly string[] {
  const above: string[] = [];
  for (let at = directory; ; at = dirname(at)) {
    above.push(at);
    if (existsSync(join(at, '.git'))) return above;
    if (dirname(at) === at) return [directory];
  }
}

function personalFile(env: Environment): string {
  const home = env.XDG_CONFIG_HOME;
  const base = home !== undefined && home !== '' ? home : join(homedir(), '.config');
  return join(base, 'coldcase', 'config.yaml');
}
