/** Text in pieces worth a write each, so that a long table costs few. */

/** Text is handed on in pieces of about this size. **Units** UTF-16 units. */
const pieceChars = 65_536;

/** Joins small texts. */
export function* inPieces(texts: Iterable<string>): Generator<string> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < pieceChars) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
