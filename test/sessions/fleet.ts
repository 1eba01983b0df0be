import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const start = Date.UTC(2020, 3, 16, 14);

/** Two hours of four hosts with names of every kind; the last fails on a build of its own. */
export function writeFleet(dir: string): void {
  const hosts = ['api-01', 'api-02', '東京-03', 'evil\u001b[31m\u202e-04'];
  const lines = Array.from({ length: 240 }, (_, index) => {
    const bad = index % 4 === 3;
    return JSON.stringify({
      timestamp: new Date(start + index * 30_000).toISOString(),
      host: { name: hosts[index % 4] },
      service: { version: bad ? 'build-2' : 'build-1' },
      status: bad ? 401 : index % 60 === 0 ? 500 : 200,
      duration_ms: 5 + (index % 40),
      agent: index % 2 === 0 ? '=cmd|calc' : 'a|b "c", <d>',
    });
  });
  writeFileSync(join(dir, 'fleet.ndjson'), `${lines.join('\n')}\n`);
  const broken = [...lines.slice(0, 5), '{"timestamp":', '[1]', '{"status":200}', ''];
  writeFileSync(join(dir, 'broken.ndjson'), `${broken.join('\n')}\n`);
}
