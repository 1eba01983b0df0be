/** All cases, each name once. */
import type { InputCase } from './case.js';
import { columnarCases } from './columnar.js';
import { compressionCases } from './compression.js';
import { csvCases } from './csv.js';
import { encodingCases } from './encodings.js';
import { jsonSyntaxCases } from './json-syntax.js';
import { keyCases } from './keys.js';
import { limitCases } from './limits.js';
import { logCases } from './logs.js';
import { numberCases } from './numbers.js';
import { timestampCases } from './timestamps.js';
import { utf8Cases } from './utf8.js';
import { valueCases } from './values.js';

export const casesByTopic: Readonly<Record<string, readonly InputCase[]>> = {
  'json syntax': jsonSyntaxCases,
  utf8: utf8Cases,
  keys: keyCases,
  numbers: numberCases,
  limits: limitCases,
  timestamps: timestampCases,
  csv: csvCases,
  'access logs and logfmt': logCases,
  compression: compressionCases,
  encodings: encodingCases,
  'parquet and arrow': columnarCases,
  values: valueCases,
};

const aboutLines: readonly string[] = ['json syntax', 'utf8', 'keys', 'numbers', 'limits'];

/** Whether the cases of a topic are single lines of JSON. */
export function isAboutLines(topic: string): boolean {
  return aboutLines.includes(topic);
}
