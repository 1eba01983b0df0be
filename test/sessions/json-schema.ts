/** As much of JSON Schema 2020-12 as our schema uses. An unknown keyword is an error of the test. */

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Schema = { readonly [key: string]: Json };
type Check = (value: Json, argument: Json, schema: Schema, at: string) => readonly string[];

/** What is wrong with the value, each with its place; empty when it is valid. */
export function validate(root: Schema, value: Json): readonly string[] {
  const below = (part: Json, argument: Json, at: string): readonly string[] => {
    const schema = record(argument);
    return Object.entries(schema).flatMap(([keyword, given]) => {
      const check = checks[keyword];
      if (check === undefined) throw new Error(`${at}: unknown keyword ${keyword}`);
      return check(part, given, schema, at);
    });
  };
  const passes = (part: Json, schema: Json): boolean => below(part, schema, '').length === 0;
  const fails = (isWrong: boolean, text: string): readonly string[] => (isWrong ? [text] : []);
  const silent: Check = () => [];
  const checks: Readonly<Record<string, Check>> = {
    $schema: silent,
    $defs: silent,
    title: silent,
    description: silent,
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
    then: silent,
    else: silent,
    $ref: (part, name, _schema, at) => below(part, resolve(root, String(name)), at),
    type: (part, types, _schema, at) =>
      fails(![types].flat().some((type) => isOf(part, String(type))), `${at}: not ${types}`),
    const: (part, wanted, _schema, at) => fails(part !== wanted, `${at}: not ${wanted}`),
    enum: (part, values, _schema, at) => fails(!list(values).includes(part), `${at}: not listed`),
    pattern: (part, text, _schema, at) =>
      fails(
        typeof part === 'string' && !new RegExp(String(text), 'u').test(part),
        `${at}: ${part}`,
      ),
    minimum: (part, least, _schema, at) => fails(Number(part) < Number(least), `${at}: too small`),
    minItems: (part, least, _schema, at) =>
      fails(list(part).length < Number(least), `${at}: too few`),
    items: (part, schema, _schema, at) =>
      Array.isArray(part)
        ? part.flatMap((one, index) => below(one, schema, `${at}[${index}]`))
        : [],
    required: (part, names, _schema, at) =>
      list(names).flatMap((name) => fails(!(String(name) in record(part)), `${at}: no ${name}`)),
    properties: (part, schemas, _schema, at) =>
      Object.entries(record(schemas)).flatMap(([name, schema]) => {
        const field = record(part)[name];
        return field === undefined ? [] : below(field, schema, `${at}.${name}`);
      }),
    additionalProperties: (part, _given, schema, at) =>
      Object.keys(record(part)).flatMap((name) =>
        fails(!(name in record(schema.properties ?? {})), `${at}: unexpected ${name}`),
      ),
    anyOf: (part, schemas, _schema, at) =>
      fails(!list(schemas).some((schema) => passes(part, schema)), `${at}: none of the forms`),
    not: (part, schema, _schema, at) => fails(passes(part, schema), `${at}: what must not be`),
    if: (part, condition, schema, at) =>
      below(part, (passes(part, condition) ? schema.then : schema.else) ?? {}, at),
  };
  return below(value, root, '$');
}

function resolve(root: Schema, reference: string): Json {
  const names = reference.replace(/^#\//, '').split('/');
  return names.reduce<Json>((at, name) => record(at)[name] ?? {}, root);
}

function isOf(value: Json, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'object':
      return value !== null && typeof value === 'object' && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}

function record(value: Json): Schema {
  return isOf(value, 'object') ? (value as Schema) : {};
}

function list(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
