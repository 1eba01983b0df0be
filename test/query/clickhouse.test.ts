/**
 * The cases in ClickHouse's dialect: its text, and where the peer is installed (test/peers) the
 * answers of ClickHouse from a Delta table, which are those of `rows.txt` to the byte.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.js';
import { encodeCommit } from '../../src/delta/encode.js';
import { runPlan } from '../../src/query/execute.js';
import { explainClickHouse } from '../../src/query/explain-clickhouse.js';
import type { Plan } from '../../src/query/plan.js';
import type { Engine, QueryFile, QuerySource } from '../../src/query/ports.js';
import { resolve } from '../../src/query/resolve.js';
import { noTexts, parseSpec } from '../../src/query/spec-text.js';
import { systemFields, withColumns } from '../../src/store/table-schema.js';
import { caseNames, casesDir, resultText, textsOfCase } from '../cases/case.js';
import { caseFiles, caseRoles, caseSchema } from '../cases/world.js';
import { writePlainFiles } from '../oracle/rows.js';
import { hasClickHouse, openClickHouse } from './clickhouse-engine.js';

const root = mkdtempSync(join(tmpdir(), 'coldcase-clickhouse-'));
let source: QuerySource;

beforeAll(async () => {
  const files = await writePlainFiles(root, caseSchema, caseFiles);
  writeLog(files);
  source = {
    name: 'cases',
    dataset: 'events',
    version: 0,
    schema: caseSchema,
    roles: caseRoles,
    files,
  };
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The files as version 0 of a Delta table. */
function writeLog(files: readonly QueryFile[]): void {
  const commit = encodeCommit({
    commitInfo: { timestamp: 0, operation: 'WRITE', engineInfo: 'test', operationParameters: {} },
    protocol: { minReaderVersion: 1, minWriterVersion: 2 },
    metadata: {
      id: '00000000-0000-4000-8000-000000000000',
      name: 'cases',
      fields: withColumns(systemFields, caseSchema),
      partitionColumns: ['date'],
      configuration: {},
      createdTime: 0,
    },
    transactions: [],
    adds: files.map(({ path, date }) => ({
      path: basename(path),
      partitionValues: { date },
      size: statSync(path).size,
      modificationTime: 0,
      dataChange: true,
      stats: null,
      tags: {},
    })),
    removes: [],
  });
  mkdirSync(join(root, '_delta_log'));
  writeFileSync(join(root, '_delta_log', '00000000000000000000.json'), commit);
}

const signal = new AbortController().signal;

describe('ClickHouse', () => {
  const written = caseNames.filter((name) => existsSync(join(casesDir, name, 'clickhouse.sql')));

  it.each(written)('is asked for %s', (name) => {
    const plan = resolve(parseSpec(textsOfCase(name)), source);
    const path = join(casesDir, name, 'clickhouse.sql');
    const text = `${explainClickHouse(plan, { path: '/store/events', version: 7 })}\n`;
    if (process.env.UPDATE_CASES === '1') writeFileSync(path, text);
    expect(text).toBe(readFileSync(path, 'utf8'));
  });

  it('has some of the cases written down', () => {
    expect(written.length).toBeGreaterThanOrEqual(5);
  });

  it('says what it has no counterpart of', () => {
    const texts = {
      ...noTexts,
      fields: ['week=FORMAT_TIME("%W", EVENT_TIMESTAMP())'],
      by: ['week'],
    };
    const plan = resolve(parseSpec(texts), source);
    const explain = () => explainClickHouse(plan, { path: '/store/events', version: 7 });
    expect(explain).toThrow(expect.objectContaining({ code: 'CC1215' }));
  });

  it.skipIf(!hasClickHouse)('gives the answers of the cases; needs test/peers', async () => {
    const engine = openClickHouse({ path: root, version: 0 });
    const equal: string[] = [];
    const differing: string[] = [];
    const absent: string[] = [];
    for (const name of caseNames) {
      const plan = resolve(parseSpec(textsOfCase(name)), source);
      const text = await answerText(plan, engine);
      if (text.startsWith('not there')) absent.push(`${name}: ${text}`);
      else if (text === readFileSync(join(casesDir, name, 'rows.txt'), 'utf8')) equal.push(name);
      else differing.push(`${name}\n${text}`);
    }
    await engine.close();
    const counts = [`${equal.length} cases equal`, `${differing.length} differ`];
    console.log([[...counts, `${absent.length} not there`].join(', '), ...absent].join('\n  '));
    expect(differing).toEqual([]);
    expect(equal.length).toBeGreaterThan(130);
  });
});

async function answerText(plan: Plan, engine: Engine): Promise<string> {
  try {
    return resultText(await runPlan(plan, engine, { signal }));
  } catch (error) {
    if (error instanceof Fault && error.code === 'CC1215') return `not there: ${error.message}`;
    throw error;
  }
}
