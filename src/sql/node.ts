/**
 * SQL as a value. Knows nothing of events. `print.ts` is the only place that makes SQL text:
 * values travel as parameters, identifiers are quoted, `verbatim` is the one way around it.
 */

/** A bound value with the type it is bound as. `timestamp` is micros since the epoch (UTC). */
export type SqlParameter =
  | { readonly type: 'string'; readonly value: string | null }
  | { readonly type: 'integer'; readonly value: number | bigint | null }
  | { readonly type: 'number'; readonly value: number | null }
  | { readonly type: 'boolean'; readonly value: boolean | null }
  | { readonly type: 'timestamp'; readonly value: number | null }
  | { readonly type: 'strings'; readonly value: readonly (string | null)[] };

export type SqlType =
  | 'VARCHAR'
  | 'BIGINT'
  | 'INTEGER'
  | 'SMALLINT'
  | 'TINYINT'
  | 'HUGEINT'
  | 'UINTEGER'
  | 'DECIMAL(38, 0)'
  | 'DOUBLE'
  | 'BOOLEAN'
  | 'TIMESTAMPTZ'
  | 'DATE'
  | 'BLOB'
  | 'JSON'
  | 'MAP(VARCHAR, VARCHAR)'
  | 'MAP(VARCHAR, JSON)'
  | 'VARCHAR[]';

export type BinaryOperator =
  | 'and'
  | 'or'
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '//'
  | '%'
  | '<<'
  | '||'
  | 'is distinct from'
  | 'is not distinct from';

export type SqlExpression =
  | { readonly kind: 'column'; readonly name: string; readonly table: string | null }
  | { readonly kind: 'parameter'; readonly parameter: SqlParameter }
  | { readonly kind: 'literal'; readonly value: number | bigint | boolean | null }
  | { readonly kind: 'star' }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly SqlExpression[];
      readonly distinct: boolean;
      readonly filter: SqlExpression | null;
      readonly orderBy: readonly SqlOrder[];
    }
  | {
      readonly kind: 'binary';
      readonly op: BinaryOperator;
      readonly left: SqlExpression;
      readonly right: SqlExpression;
    }
  | { readonly kind: 'unary'; readonly op: 'not' | '-'; readonly operand: SqlExpression }
  | {
      readonly kind: 'cast';
      readonly operand: SqlExpression;
      readonly type: SqlType;
      readonly onError: 'fail' | 'null';
    }
  | {
      readonly kind: 'case';
      readonly whens: readonly { readonly when: SqlExpression; readonly then: SqlExpression }[];
      readonly otherwise: SqlExpression | null;
    }
  | { readonly kind: 'null test'; readonly operand: SqlExpression; readonly negated: boolean }
  | {
      readonly kind: 'in';
      readonly operand: SqlExpression;
      readonly list: readonly SqlExpression[];
      readonly negated: boolean;
    }
  | {
      readonly kind: 'window';
      readonly call: SqlExpression;
      readonly partitionBy: readonly SqlExpression[];
      readonly orderBy: readonly SqlOrder[];
      /** `running`: rows from the first to this one; `whole`: the whole partition. */
      readonly frame: 'running' | 'whole' | null;
    }
  | { readonly kind: 'scalar'; readonly select: SqlSelect }
  | { readonly kind: 'struct'; readonly fields: readonly SqlColumn[] }
  | { readonly kind: 'element'; readonly operand: SqlExpression; readonly key: SqlExpression }
  /** A field of a struct. */
  | { readonly kind: 'field'; readonly operand: SqlExpression; readonly name: string }
  | { readonly kind: 'lambda'; readonly variables: readonly string[]; readonly body: SqlExpression }
  /** A text that is quoted instead of bound: a view cannot have parameters. */
  | { readonly kind: 'quoted'; readonly value: string }
  | { readonly kind: 'verbatim'; readonly text: string };

export interface SqlOrder {
  readonly expression: SqlExpression;
  readonly descending: boolean;
  readonly nulls: 'first' | 'last';
}

export interface SqlColumn {
  readonly expression: SqlExpression;
  readonly alias: string;
}

export type SqlSource =
  | { readonly kind: 'table'; readonly name: string }
  | {
      /** The file list is a bound list, never text. */
      readonly kind: 'parquet';
      readonly files: readonly string[];
      readonly unionByName: boolean;
      /** Adds `filename` when set. */
      readonly fileName: boolean;
      /** Quoted instead of bound, for views. */
      readonly quoted?: true;
      /** Holds for every row of these files, for who reads others of the table as well. */
      readonly known?: SqlExpression;
    }
  | { readonly kind: 'subquery'; readonly select: SqlQuery; readonly alias: string }
  | {
      readonly kind: 'join';
      readonly type: 'inner' | 'left' | 'full' | 'cross' | 'semi' | 'anti' | 'asof left';
      readonly left: SqlSource;
      readonly right: SqlSource;
      readonly on: SqlExpression | null;
    }
  /** Newline-delimited JSON of our own making; the types of its columns are constants of ours. */
  | {
      readonly kind: 'json lines';
      readonly path: string;
      readonly columns: readonly { readonly name: string; readonly type: string }[];
    }
  /** As `json lines`, of several files, quoted instead of bound; adds `filename`. */
  | {
      readonly kind: 'json files';
      readonly files: readonly string[];
      readonly columns: readonly { readonly name: string; readonly type: string }[];
    }
  /** A set-returning call in FROM: one of `tableFunctions` in `print.ts`. */
  | {
      readonly kind: 'function';
      readonly call: SqlExpression;
      readonly alias: string;
      readonly columns: readonly string[];
    };

export interface SqlSelect {
  readonly kind: 'select';
  readonly with: readonly SqlCommonTable[];
  readonly distinct: boolean;
  readonly columns: readonly (SqlColumn | { readonly star: true })[];
  readonly from: SqlSource | null;
  readonly where: SqlExpression | null;
  readonly groupBy: readonly SqlExpression[];
  /** Groups by each of `groupBy` alone, and by nothing, in one pass. */
  readonly groupByEach?: true;
  readonly having: SqlExpression | null;
  readonly orderBy: readonly SqlOrder[];
  readonly limit: number | null;
}

export interface SqlCommonTable {
  readonly name: string;
  readonly select: SqlQuery;
  readonly materialized: boolean;
}

export interface SqlUnion {
  readonly kind: 'union';
  readonly byName: boolean;
  readonly selects: readonly SqlQuery[];
}

export type SqlQuery = SqlSelect | SqlUnion;

/**
 * `COPY (query) TO path`. Names of options are constants of ours; texts are quoted, those of
 * pairs too.
 */
export interface SqlCopy {
  readonly kind: 'copy';
  readonly query: SqlQuery;
  readonly path: string;
  readonly options: readonly {
    readonly name: string;
    readonly value: string | number | boolean | readonly string[] | SqlEntries;
  }[];
}

/** Texts by name: `{'name': 'text'}`. */
export interface SqlEntries {
  readonly pairs: readonly (readonly [string, string])[];
}

/** `CREATE TABLE name AS query`, in memory. */
export interface SqlCreateTable {
  readonly kind: 'create table';
  readonly name: string;
  readonly query: SqlQuery;
}

/** `CREATE VIEW name AS query`, in memory. Everything in the query is quoted, nothing bound. */
export interface SqlCreateView {
  readonly kind: 'create view';
  readonly name: string;
  readonly query: SqlQuery;
}

export interface SqlDropTable {
  readonly kind: 'drop table';
  readonly name: string;
}

/** One setting of the engine, for all its connections. */
export interface SqlSet {
  readonly kind: 'set';
  readonly name: string;
  readonly value: string | boolean | readonly string[];
}

/** Everything that can be printed. Only a query reaches a locked connection. */
export type SqlStatement =
  | SqlQuery
  | SqlCopy
  | SqlCreateTable
  | SqlCreateView
  | SqlDropTable
  | SqlSet;

/** Text with its bound values, in order of `$1`, `$2` … */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly SqlParameter[];
}
