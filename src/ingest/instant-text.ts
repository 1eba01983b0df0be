/** An instant as RFC 3339 text, with as many digits as it has. **Units** nanoseconds since 1970. */
export function instantText(nanos: bigint): string {
  const perSecond = 1_000_000_000n;
  const fraction = ((nanos % perSecond) + perSecond) % perSecond;
  const date = new Date(Number((nanos - fraction) / 1_000_000n));
  if (Number.isNaN(date.getTime())) return `${nanos} ns since 1970`;
  const seconds = date.toISOString().slice(0, -5);
  if (fraction === 0n) return `${seconds}Z`;
  return `${seconds}.${fraction.toString().padStart(9, '0').replace(/0+$/, '')}Z`;
}
