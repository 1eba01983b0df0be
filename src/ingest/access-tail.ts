/** Names for the usual fields behind a Combined access log line, where their values tell. */
import type { AccessLine } from './readers/access-log.js';

/** nginx writes its times as seconds with three decimals, `-` where there was no upstream. */
const nginxSeconds = /^(\d+\.\d{3})([,:] ?(\d+\.\d{3}|-))*$/;
const addresses = /^[\da-fA-F.:]+(, ?[\da-fA-F.:]+)*$/;

/**
 * One name for each place of the tail, or none at all. The first field of seconds is nginx's
 * `request_time`, the second `upstream_response_time`; a quoted one of addresses only is
 * `x_forwarded_for`; the others stay `tail_N`.
 */
export function accessTailNames(lines: readonly AccessLine[]): readonly string[] {
  const places = Math.max(0, ...lines.map((line) => line.tail.length));
  const seconds = ['request_time', 'upstream_response_time'];
  const forwarded = ['x_forwarded_for'];
  let known = 0;
  const names = Array.from({ length: places }, (_, place) => {
    const tokens = lines.flatMap((line) => line.tail[place] ?? []);
    const filled = tokens.filter((token) => token.text !== null);
    const all = (pattern: RegExp): boolean =>
      filled.length > 0 && filled.every((token) => pattern.test(token.text ?? ''));
    const free = tokens.every((token) => token.key === null);
    const bare = free && filled.every((token) => token.quote === '');
    const quoted = free && filled.every((token) => token.quote === '"');
    let name: string | undefined;
    if (bare && all(nginxSeconds)) name = seconds.shift();
    else if (quoted && all(addresses)) name = forwarded.shift();
    known += name === undefined ? 0 : 1;
    return name ?? `tail_${place + 1}`;
  });
  return known === 0 ? [] : names;
}
