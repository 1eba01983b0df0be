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

/** Digits a value below 1 keeps, however few decimals its column has. Chosen by us. */
const leastDigits = 3;
/** A value that begins behind more zeros than this is written with an exponent. Chosen by us. */
const mostZeros = 5;

/** As many decimals as its column has; below 1 at least three digits that are not zeros. */
export function formatNumber(value: number | bigint, decimals: number): string {
  if (typeof value === 'bigint' || (decimals === 0 && Number.isInteger(value))) {
    return formatCount(value);
  }
  const size = Math.abs(value);
  if (size === 0) return (0).toFixed(decimals);
  if (size >= 1) return formatCount(value.toFixed(decimals));
  const zeros = -Math.floor(Math.log10(size)) - 1;
  if (zeros > mostZeros) return value.toExponential(leastDigits - 1);
  return value.toFixed(Math.max(decimals, zeros + leastDigits));
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

/** How many times as much: `93×`, `1.5×`, `0.08×`. */
export function formatFactor(ratio: number): string {
  const size = Math.abs(ratio);
  if (size >= 9.95) return `${formatCount(Math.round(ratio))}×`;
  if (size >= 0.995) return `${ratio.toFixed(1)}×`;
  return `${size === 0 ? '0' : formatNumber(ratio, 2).replace(/(\.\d\d)\d$/, '$1')}×`;
}
