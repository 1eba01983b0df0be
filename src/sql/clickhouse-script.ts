/** Statements as text for a client of ClickHouse, which has no way to bind their values. */
import { unreachable } from '../base/assert.js';
import type { SqlParameter, Statement } from './node.js';

/** A statement that a client runs as it is: its values as settings of the session. */
export function printScript({ sql, parameters }: Statement): string {
  const settings = parameters.map((one, index) => {
    return `SET param_p${index + 1} = '${escaped(valueText(one))}';`;
  });
  return [...settings, `${sql};`].join('\n');
}

/** The value in ClickHouse's tab-separated form. */
function valueText(parameter: SqlParameter): string {
  if (parameter.value === null) return '\\N';
  switch (parameter.type) {
    case 'string':
      return escaped(parameter.value);
    case 'strings': {
      const texts = parameter.value.map((one) => (one === null ? 'NULL' : `'${escaped(one)}'`));
      return escaped(`[${texts.join(',')}]`);
    }
    case 'timestamp':
      return `${parameter.value / 1_000_000}`;
    case 'integer':
    case 'number':
    case 'boolean':
      return String(parameter.value);
    default:
      return unreachable(parameter);
  }
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll('\0', '\\0');
}
