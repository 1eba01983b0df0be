/** Calculated fields of a plan, put beside the values of each row under their alias. */
import type { Field, FieldSource } from '../../src/query/field.js';
import type { Plan } from '../../src/query/plan.js';
import { evaluate, parsed } from './formula.js';
import type { PlainRow, PlainValue } from './rows.js';

/** The rows with the calculated fields of a plan. */
export function withDerived({ derived }: Plan, rows: readonly PlainRow[]): readonly PlainRow[] {
  if (derived.length === 0) return rows;
  return rows.map((row) => {
    let values = row.values;
    for (const { alias, formula } of derived) {
      const known = { ...row, values };
      const value = evaluate(formula, {
        missing: 'zero',
        read: (field) => readTyped(field, known),
        micros: ({ label }) => (label === 'ts' ? row.ts : 0),
      });
      values = { ...values, [alias]: value };
    }
    return { ...row, values };
  });
}

/** The first filled source, each value with the type it was stored with. */
function readTyped(field: Field, row: PlainRow): PlainValue {
  for (const source of field.sources) {
    const value = typedValue(source, row);
    if (value === null) continue;
    const isNumeric = field.kind === 'role' && field.numericText;
    return isNumeric && typeof value === 'string' ? (parsed(value) ?? value) : value;
  }
  return null;
}

function typedValue(source: FieldSource, row: PlainRow): PlainValue {
  switch (source.kind) {
    case 'date':
      return new Date(row.ts / 1000).toISOString().slice(0, 10);
    case 'derived':
      return row.values[source.name] ?? null;
    case 'related':
      return null;
    case 'extra': {
      const text = row.extra[source.label];
      if (text === undefined) return null;
      const value: unknown = JSON.parse(text);
      if (typeof value === 'number') return value * source.scale;
      return typeof value === 'string' || typeof value === 'boolean' ? value : text;
    }
    default: {
      const { name, type } = source.column;
      const value = systemValue(name, row) ?? row.values[name] ?? null;
      if (value === null) return null;
      if (type === 'timestamp') return instantText(Number(value));
      return typeof value === 'number' ? value * source.scale : value;
    }
  }
}

function systemValue(name: string, row: PlainRow): PlainValue {
  if (name === 'ts') return row.ts;
  if (name === 'weight') return row.weight;
  return name === 'batch' ? row.batch : null;
}

export function instantText(micros: number): string {
  const seconds = new Date(Math.floor(micros / 1e6) * 1000).toISOString().slice(0, 19);
  const fraction = String(((micros % 1e6) + 1e6) % 1e6)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `${seconds}${fraction === '' ? '' : `.${fraction}`}Z`;
}
