/** ClickHouse (chDB) as an engine, in a process of its own, where `test/peers` has it installed. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { assert } from '../../src/base/assert.js';
import type { Cell, Engine, EngineRows } from '../../src/query/ports.js';
import { clickhouse, type DeltaTable } from '../../src/sql/clickhouse.js';
import type { SqlParameter } from '../../src/sql/node.js';

const peersDir = new URL('../peers/', import.meta.url).pathname;

export const hasClickHouse = existsSync(join(peersDir, 'node_modules', 'chdb'));

interface ChildAnswer {
  readonly text?: string;
  readonly error?: string;
}

/** One statement at a time. */
export function openClickHouse(table: DeltaTable): Engine {
  const child = spawn(process.execPath, [join(peersDir, 'clickhouse-child.mjs')], {
    cwd: table.path,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    dialect: clickhouse(table),
    execute: async ({ sql, parameters }) => {
      const values = parameters.map((one, index) => [`p${index + 1}`, sentValue(one)]);
      child.stdin.write(`${JSON.stringify({ sql, parameters: Object.fromEntries(values) })}\n`);
      const { value, done } = await lines.next();
      assert(done !== true, 'chDB has ended');
      const answer: ChildAnswer = JSON.parse(value);
      if (answer.text === undefined) throw new Error(`${answer.error}\n${sql}`);
      return readAnswer(answer.text);
    },
    close: async () => {
      child.stdin.end();
    },
  };
}

function sentValue({ value }: SqlParameter): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

interface PeerAnswer {
  readonly meta: readonly { readonly name: string; readonly type: string }[];
  readonly data: readonly (readonly unknown[])[];
}

function readAnswer(text: string): EngineRows {
  const { meta, data }: PeerAnswer = JSON.parse(text);
  return {
    names: meta.map(({ name }) => name),
    rows: data.map((row) => row.map((cell, index) => cellOf(cell, meta[index]?.type ?? ''))),
  };
}

/** 64 bits and more come as text. */
function cellOf(value: unknown, type: string): Cell {
  if (value === null || typeof value === 'boolean') return value;
  const text = String(value);
  if (/String/.test(type)) return text;
  if (/DateTime64/.test(type)) {
    return Date.parse(`${text.slice(0, 23)}Z`) * 1000 + Number(text.slice(23));
  }
  if (!/Int/.test(type)) return Number(text);
  const whole = BigInt(text);
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
}
