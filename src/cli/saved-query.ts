/** What a saved query is: a question with a name, written in YAML. Plain data; reads nothing. */
import type { FaultPlace } from '../base/fault.js';

/** What the value of a parameter may be. */
export const parameterTypes = [
  'string',
  'number',
  'duration',
  'time',
  'boolean',
  'value',
  'list',
  'column',
] as const;
export type ParameterType = (typeof parameterTypes)[number];

/** A text of the file and where it stands. `offset` is where its first character lies in a line. */
export interface SavedText {
  readonly text: string;
  readonly at: FaultPlace;
}

/** A parameter as the file declares it. */
export interface SavedParameter {
  readonly name: string;
  readonly type: ParameterType;
  /** Null: a value must be given. */
  readonly initial: SavedText | null;
  readonly about: string;
  readonly at: FaultPlace;
}

/** One key of `spec`: the texts of an option of `query`, or whether a flag is set. */
export interface SavedOption {
  /** The long name of the option, without dashes. */
  readonly name: string;
  readonly flag: boolean | null;
  readonly texts: readonly SavedText[];
  readonly at: FaultPlace;
}

export type SavedOrigin = 'project' | 'config' | 'shipped';

/** A saved query, checked. */
export interface SavedQuery {
  readonly name: string;
  readonly path: string;
  readonly origin: SavedOrigin;
  readonly title: string;
  readonly question: string;
  readonly parameters: readonly SavedParameter[];
  readonly options: readonly SavedOption[];
  readonly example: SavedText | null;
}
