/** Hosts that fell silent, told from those that ended and from quiet nights. */
import { describe, expect, it } from 'vitest';
import { fleet, minute, names, origin, type Run, reportOfScene } from './fleet-scene.js';

const ten = names('api', 10);
const nine = ten.slice(0, 9);

function silences(runs: readonly Run[]): readonly string[] {
  const at = (instant: number) => Math.floor((instant - origin) / minute);
  const { silentHosts } = reportOfScene(runs).notSeen;
  return silentHosts.map(({ host, start, end }) => `${host} ${at(start)}-${at(end)}`);
}

describe('silent hosts', () => {
  it('are named with the start and the end of their silence', () => {
    const runs = [
      ...fleet(nine, 'a', 0, 720),
      ...fleet(['api-10'], 'a', 0, 300),
      ...fleet(['api-10'], 'a', 345, 720),
    ];
    expect(silences(runs)).toEqual(['api-10 299-345']);
  });

  it('are not those that ended, or came later', () => {
    const runs = [
      ...fleet(nine, 'a', 0, 720),
      ...fleet(['api-10'], 'a', 0, 300),
      ...fleet(['api-11'], 'a', 400, 720),
    ];
    expect(silences(runs)).toEqual([]);
  });

  it('are not those whose whole service was silent', () => {
    expect(silences([...fleet(ten, 'a', 0, 300), ...fleet(ten, 'a', 420, 720)])).toEqual([]);
  });

  it('are not those that seldom send', () => {
    const seldom = [
      ...fleet(['api-10'], 'a', 0, 300, { every: 10 }),
      ...fleet(['api-10'], 'a', 400, 720, { every: 10 }),
    ];
    expect(silences([...fleet(nine, 'a', 0, 720), ...seldom])).toEqual([]);
  });

  it('are not those that pause while a night quiets all', () => {
    const night = nine.flatMap((host) => fleet([host], 'a', 300, 420, { every: 30 }));
    const runs = [...fleet(ten, 'a', 0, 300), ...night, ...fleet(ten, 'a', 420, 720)];
    expect(silences(runs)).toEqual([]);
  });
});
