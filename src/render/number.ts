/** Numbers as people read them. Machine formats never come here: they write the exact value. */

/** Thousands separated by commas; a fraction stays as it is. */
export function formatCount(value: number | bigint): string {
  const [whole = '', fraction] = String(value).split('.');
  if (whole.includes('e')) return String(value);
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** About three significant digits; whole numbers in full. */
export function formatNumber(value: number | bigint): string {
  if (typeof value === 'bigint' || Number.isInteger(value)) return formatCount(value);
  const size = Math.abs(value);
  if (size >= 100) return formatCount(Math.round(value));
  if (size >= 0.01) return value.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : 3);
  return value.toPrecision(2);
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
