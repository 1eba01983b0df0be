/** Numbers as people read them. Machine formats never come here: they write the exact value. */

/** Thousands separated by commas; a fraction stays as it is. */
export function formatCount(value: number | bigint | string): string {
  const [whole = '', fraction] = String(value).split('.');
  if (whole.includes('e')) return String(value);
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `1 row`, `2 rows`, `1,000 rows`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Decimals that give the largest of the values about three digits; none when all are whole. */
export function decimalsFor(values: readonly (number | bigint)[]): number {
  const numbers = values.map(Number);
  if (numbers.every(Number.isInteger)) return 0;
  const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest >= 100) return 0;
  if (largest >= 10) return 1;
  return largest >= 1 ? 2 : 3;
}

/** As many decimals as its column has. What is not zero is never shown as zero: `<0.001`. */
export function formatNumber(value: number | bigint, decimals: number): string {
  if (typeof value === 'bigint' || (decimals === 0 && Number.isInteger(value))) {
    return formatCount(value);
  }
  const text = formatCount(value.toFixed(decimals));
  const isZero = Number(value.toFixed(decimals)) === 0;
  if (!isZero) return text;
  if (value === 0) return text.replace('-', '');
  const least = (10 ** -decimals).toFixed(decimals);
  return value > 0 ? `<${least}` : `>-${least}`;
}

/**
 * One decimal. A share that is not all is never shown as 100.0 %, and one that is not nothing
 * never as 0.0 %.
 */
export function formatPercent(ratio: number): string {
  const text = (ratio * 100).toFixed(1);
  if (text === '100.0' && ratio < 1) return '>99.9 %';
  if (text === '0.0' && ratio > 0) return '<0.1 %';
  return `${text === '-0.0' ? '0.0' : text} %`;
}
