import { describe, expect, it } from 'vitest';
import { importMarkers } from '../../src/cli/marker-import.js';

const options = { zone: 'UTC', type: 'marker' };

function told(text: string) {
  const { markers, rejects, format } = importMarkers(text, options);
  const lines = markers.map(({ start, end, type, message }) => {
    const iso = (micros: number) => new Date(micros / 1000).toISOString();
    return [iso(start), ...(end === null ? [] : [iso(end)]), type, message].join(' | ');
  });
  return { format, lines, rejects: rejects.map(({ place, reason }) => `${place} ${reason}`) };
}

describe('markers of other tools', () => {
  it('are read from CSV with a header', () => {
    expect(
      told(
        'time,type,message\n2020-04-16T14:05:00Z,scale,"autoscale, +4"\n\nnever,deploy,b\n1,2\n',
      ),
    ).toEqual({
      format: 'csv',
      lines: ['2020-04-16T14:05:00.000Z | scale | autoscale, +4'],
      rejects: ['4 cannot read never as a time', '5 expected 3 cells'],
    });
  });

  it('are read from the JSON of honeymarker, as a list or one a line', () => {
    const one = '{"start_time":1587045900,"end_time":1587046200,"message":"#5","type":"deploy"}';
    const wanted = ['2020-04-16T14:05:00.000Z | 2020-04-16T14:10:00.000Z | deploy | #5'];
    expect(told(`[${one}]`)).toEqual({ format: 'json', lines: wanted, rejects: [] });
    expect(told(`${one}\n{"message":"no time"}\n{oops\n`)).toEqual({
      format: 'json',
      lines: wanted,
      rejects: ['2 no time', '3 no JSON object'],
    });
  });

  it('are read from scaling activities and replica sets', () => {
    const activity = {
      Description: 'Launching instance i-1',
      StartTime: '2020-04-16T14:05:00Z',
      EndTime: '2020-04-16T14:06:00Z',
    };
    expect(told(JSON.stringify({ Activities: [activity] })).lines).toEqual([
      '2020-04-16T14:05:00.000Z | 2020-04-16T14:06:00.000Z | marker | Launching instance i-1',
    ]);
    const set = {
      kind: 'ReplicaSet',
      metadata: {
        name: 'api-7d9',
        creationTimestamp: '2020-04-16T17:00:00Z',
        annotations: { 'deployment.kubernetes.io/revision': '12' },
      },
    };
    expect(told(JSON.stringify({ kind: 'List', items: [set] })).lines).toEqual([
      '2020-04-16T17:00:00.000Z | deploy | api-7d9 revision 12',
    ]);
  });

  it('are read from lines of git log, with the time anywhere', () => {
    expect(
      told('2020-04-16T17:00:00+02:00 3f1c0a9 Sign with the new key\nab12 1587045900 Scale\n'),
    ).toEqual({
      format: 'lines',
      lines: [
        '2020-04-16T15:00:00.000Z | marker | 3f1c0a9 Sign with the new key',
        '2020-04-16T14:05:00.000Z | marker | ab12 Scale',
      ],
      rejects: [],
    });
  });

  it('are read from a table whose header names no time, without its separators', () => {
    expect(told('zeit,was,typ\n2020-04-16 17:00,flag on,config\n')).toMatchObject({
      lines: ['2020-04-16T17:00:00.000Z | marker | flag on,config'],
      rejects: ['1 no time in the line'],
    });
  });

  it('are rejected from a rollout history that says no times', () => {
    const text =
      'deployment.apps/api\nREVISION  CHANGE-CAUSE\n1         <none>\n' +
      '2         build-31904 at 2020-04-16 17:00:00Z\n';
    expect(told(text)).toEqual({
      format: 'lines',
      lines: ['2020-04-16T17:00:00.000Z | marker | 2 build-31904 at'],
      rejects: ['3 no time in the line'],
    });
  });
});
