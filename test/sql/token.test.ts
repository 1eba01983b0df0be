/** Words of a typed statement: every character once, texts and comments whole, ends found. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dottedNameAt, isBlank, splitStatements, sqlTokens } from '../../src/sql/token.js';

const pieces = ["'", '"', '$$', '$a$', '--', '/*', '*/', '\n', ';', ' ', 'e', '\\', 'é', '.', '1'];

describe('the words of a statement', () => {
  it('hold every character once', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces)), (parts) => {
        const text = parts.join('');
        const tokens = sqlTokens(text);
        const joined = tokens.map(({ start, end }) => text.slice(start, end)).join('');
        expect(joined).toBe(text);
        expect(tokens.every(({ start, end }) => end > start)).toBe(true);
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });

  it('end at a semicolon outside of texts, names and comments', () => {
    const text = `select ';', ";", $$;$$, $x$;$$;$x$, e'\\';' -- ;\n/* ; /* ; */ ; */; select 2; sel`;
    const { whole, rest } = splitStatements(text);
    expect(whole).toEqual([text.slice(0, text.indexOf('; select')), ' select 2']);
    expect(rest).toBe(' sel');
  });

  it('are nothing where there are only spaces and closed comments', () => {
    expect(['', ' \n', '-- x', '/* ; */'].map(isBlank)).toEqual([true, true, true, true]);
    expect(['x', ';', '/* open', "'"].map(isBlank)).toEqual([false, false, false, false]);
    expect(splitStatements(' ;; -- x\n; ').whole).toEqual([]);
  });

  it('find the whole of a dotted name', () => {
    const text = 'select e.http."a.b" + 1';
    const at = (place: number) => {
      const found = dottedNameAt(text, place);
      return found && text.slice(found.start, found.end);
    };
    expect([7, 9, 14].map(at)).toEqual(Array(3).fill('e.http."a.b"'));
    expect([8, 6, 22].map(at)).toEqual([null, null, null]);
  });
});
