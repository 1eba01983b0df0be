// Puts measured tables into a page: those measured now take the place of their older selves, and
// the others stay as they are, each with the words on how it was measured.
const marks = /(<!-- measured -->\n)([\s\S]*)(<!-- end -->)/;

/** `tables`: `{title, text}`, where `text` follows the heading. */
export function withTables(page, tables) {
  const [, , measured = ''] = marks.exec(page) ?? [];
  const known = new Map(
    measured
      .split(/^### /m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf('\n')), section.trim()]),
  );
  for (const { title, text } of tables) known.set(title, `${title}\n\n${text}`);
  const sections = [...known.values()].map((section) => `### ${section}\n`);
  return page.replace(marks, (_, start, __, end) => `${start}\n${sections.join('\n')}\n${end}`);
}
