/** The tree of the filter language. Positions are UTF-16 offsets into the text typed, half-open. */

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where in a text a part is looked for. */
export type TextTest = 'starts' | 'ends' | 'contains';

export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/**
 * A value. `text` is what was typed: `1.10` is the number 1.1, and the text `1.10` where it is
 * compared with a text column. `class` is `4xx`. A `duration` is in microseconds, with decimals
 * below one.
 */
export type Literal =
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }
  | { readonly kind: 'integer'; readonly value: bigint; readonly text: string; readonly span: Span }
  | { readonly kind: 'number'; readonly value: number; readonly text: string; readonly span: Span }
  | {
      readonly kind: 'boolean';
      readonly value: boolean;
      readonly text: string;
      readonly span: Span;
    }
  | {
      readonly kind: 'duration';
      readonly micros: number;
      readonly text: string;
      readonly span: Span;
    }
  | {
      readonly kind: 'class';
      readonly hundreds: number;
      readonly text: string;
      readonly span: Span;
    };

/**
 * A role or a column. `exact` when written in backticks: a column, never a role. On the right side
 * of a comparison always exact, since a bare word there is text.
 */
export interface Reference {
  readonly kind: 'reference';
  readonly name: string;
  readonly exact: boolean;
  readonly span: Span;
}

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[]; readonly span: Span }
  | { readonly kind: 'not'; readonly operand: Expression; readonly span: Span }
  | {
      readonly kind: 'compare';
      readonly op: ComparisonOperator;
      readonly left: Reference;
      readonly right: Literal | Reference;
      readonly span: Span;
    }
  | {
      readonly kind: 'in';
      readonly left: Reference;
      readonly values: readonly Literal[];
      readonly negated: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: 'between';
      readonly left: Reference;
      readonly low: Literal;
      readonly high: Literal;
      readonly span: Span;
    }
  | {
      readonly kind: 'match';
      readonly left: Reference;
      readonly pattern: string;
      readonly negated: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: TextTest;
      readonly left: Reference;
      readonly part: string;
      readonly span: Span;
    }
  | {
      readonly kind: 'exists';
      readonly left: Reference;
      readonly negated: boolean;
      readonly span: Span;
    }
  | { readonly kind: 'constant'; readonly value: boolean; readonly span: Span };
