/** `coldcase doctor`: the environment, the store, and whether the data can answer questions. */
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { faultsOf } from '../../base/fault.js';
import { type RoleName, roleNames } from '../../event/role.js';
import { runQuery } from '../../query/execute.js';
import type { QuerySource } from '../../query/ports.js';
import type { Result } from '../../query/result.js';
import { noTexts, parseSpec } from '../../query/spec-text.js';
import { formatCount, formatPercent, plural } from '../../render/number.js';
import { planCompaction } from '../../store/compaction-plan.js';
import { type Dataset, openDataset } from '../../store/dataset.js';
import { gapsOf } from '../../store/gap.js';
import { holdsOf, isActive } from '../../store/hold.js';
import { planRetention } from '../../store/retention.js';
import { statusOf } from '../../store/status.js';
import { formatMoment } from '../../time/format.js';
import { type Answer, linesBlock } from '../answer.js';
import { usableRule } from '../bad-rule.js';
import type { CommandModule, Invocation } from '../command.js';
import {
  type Check,
  check,
  failuresOf,
  type Health,
  hoursTwice,
  ignoredFailures,
} from '../doctor.js';
import { lazyCheckpoints, limitsOf, openEngine } from '../lazy-engine.js';
import { machineOf } from '../machine.js';
import { presentMs } from '../present-time.js';
import { querySourceOf } from '../query-source.js';
import { placeWords } from '../shell-text.js';
import { formatBytes } from '../size.js';
import type { Terminal } from '../terminal.js';

export const doctorCommand: CommandModule = {
  name: 'doctor',
  words: '',
  summary: 'is all as it should be: machine, store, roles, the bad rule',
  examples: [
    ['coldcase doctor', 'each line ok, worth a look or broken, and what to do'],
    ['coldcase doctor --json', 'exit code 3 when there is something to look at'],
  ],
  options: [],
  run: doctor,
};

async function doctor(invocation: Invocation): Promise<Answer> {
  const { settings, terminal } = invocation;
  const nowMs = await presentMs(invocation);
  const place = { storeDir: settings.store, name: settings.dataset };
  const checks: Check[] = [...machineChecks(invocation)];
  try {
    const dataset = await openDataset(place, lazyCheckpoints(limitsOf(settings)));
    checks.push(...(await diskChecks(dataset)), ...storeChecks(dataset, nowMs));
    if (dataset.snapshot.files.length > 0) {
      checks.push(...(await dataChecks(invocation, dataset, nowMs)));
      checks.push(await twinCheck(invocation, dataset));
    }
  } catch (error) {
    const faults = faultsOf(error);
    if (faults.length === 0) throw error;
    checks.push(...faults.map(({ code, message, hint }) => check(code, 'broken', message, hint)));
  }
  return answerOf(checks, terminal, placeWords([], settings));
}

function machineChecks({ settings, terminal }: Invocation): readonly Check[] {
  const machine = machineOf();
  const engine = limitsOf(settings);
  const [major = 0] = process.versions.node.split('.').map(Number);
  const memory = engine.memoryBytes ?? machine.memoryBytes;
  const limited = machine.isLimited ? ', as the control group allows' : '';
  const tight = memory < 512 * 2 ** 20;
  return [
    check('node', major >= 20 ? 'ok' : 'broken', `Node ${process.versions.node}`),
    check(
      'memory',
      tight ? 'look' : 'ok',
      `the engine takes ${formatBytes(memory)} of ${formatBytes(machine.memoryBytes)}${limited}`,
      tight ? 'give more memory, or narrower windows: large sorts go to disk' : null,
    ),
    check('processors', 'ok', `${plural(engine.threads ?? machine.processors, 'thread')}`),
    check(
      'terminal',
      'ok',
      `${terminal.unicode ? 'Unicode' : 'ASCII'}, ${terminal.colourOut ? 'colour' : 'no colour'}`,
    ),
  ];
}

/** Ingest and compaction write a day beside itself before the old one goes. Chosen by us. */
const leastFreeBytes = 2 ** 30;

async function diskChecks({ tableDir, snapshot }: Dataset): Promise<readonly Check[]> {
  const { bavail, bsize } = await statfs(tableDir);
  const free = bavail * bsize;
  const held = snapshot.files.reduce((sum, { size }) => sum + size, 0);
  const isLow = free < Math.max(leastFreeBytes, held / 10);
  const text = `${formatBytes(free)} free beside ${formatBytes(held)} of events`;
  return [
    check('disk', isLow ? 'look' : 'ok', text, isLow ? 'coldcase retention --dry-run' : null),
  ];
}

function storeChecks(dataset: Dataset, nowMs: number): readonly Check[] {
  const status = statusOf(dataset);
  const small = planCompaction(dataset.snapshot.files, { nowMs, all: true });
  const smallCount = small.reduce((sum, { files }) => sum + files.length, 0);
  const rules = { nowMs, keepDays: dataset.keepDays, maxBytes: null };
  const { days } = planRetention(dataset, rules);
  const old = days.filter(({ holds }) => holds.length === 0);
  const expired = holdsOf(dataset).filter((hold) => !isActive(hold, nowMs));
  const gaps = gapsOf(dataset);
  const late = status.span !== null && status.span.end > nowMs * 1000;
  return [
    status.rowCount === 0
      ? check('store', 'look', 'the store is empty', 'coldcase ingest FILES')
      : check('store', 'ok', `version ${status.version}, ${rowsText(status.rowCount)}`),
    smallCount > small.length * 8
      ? check('small_files', 'look', `${smallCount} small data files`, 'coldcase compact')
      : check('small_files', 'ok', plural(status.fileCount, 'data file')),
    old.length > 0
      ? check(
          'retention',
          'look',
          `${plural(old.length, 'day')} older than ${dataset.keepDays} days`,
          'coldcase retention --dry-run',
        )
      : check('retention', 'ok', `nothing older than ${dataset.keepDays} days`),
    ...expired.map(({ name }) =>
      check('hold_expired', 'look', `hold ${name} has expired`, `coldcase hold rm ${name}`),
    ),
    ...(gaps.length === 0
      ? []
      : [
          check(
            'gaps',
            'broken',
            `${plural(gaps.length, 'damaged data file')} left out of every answer`,
            'coldcase verify',
          ),
        ]),
    ...(late
      ? [
          check(
            'future',
            'look',
            'some events lie in the future: a clock or a zone is wrong',
            'coldcase query --since 5m --by host',
          ),
        ]
      : []),
  ];
}

function rowsText(rowCount: number | null): string {
  return rowCount === null ? 'rows unknown' : plural(rowCount, 'row');
}

type Ask = (
  by: readonly string[],
  calc: readonly string[],
  where?: readonly string[],
) => Promise<Result>;

async function dataChecks(
  { settings, signal, progress }: Invocation,
  dataset: Dataset,
  nowMs: number,
): Promise<readonly Check[]> {
  const source = querySourceOf(dataset, settings.store);
  const paths = source.files.map(({ path }) => path);
  const engine = await openEngine(settings, paths);
  const ask: Ask = (by, calc, where = []) => {
    const spec = parseSpec({ ...noTexts, by: [...by], calc: [...calc], where: [...where] });
    return runQuery(source, { ...spec, usage: true }, engine, { signal });
  };
  try {
    progress.say('asking how well roles are filled');
    const roles = roleNames.filter((role) => dataset.roles[role] !== undefined);
    return [
      ...(await roleChecks(ask, roles)),
      ...(await serviceChecks(ask, roles)),
      ...(await skewChecks(ask, nowMs)),
      ...(await ruleChecks(ask, source, { roles, bad: settings.bad ?? dataset.bad })),
    ];
  } finally {
    await engine.close();
  }
}

/** Roles without which a whole command has nothing to say. */
const wanted: readonly RoleName[] = ['host', 'version', 'status', 'service'];
/** A role filled in fewer events than this is worth a look. Chosen by us. */
const wellFilled = 0.95;

async function roleChecks(ask: Ask, roles: readonly RoleName[]): Promise<readonly Check[]> {
  const asked = roles.filter((role) => role !== 'time' && role !== 'weight');
  const counts = asked.map((role) => `count where ${role} exists as has_${role}`);
  const [row = []] = (await ask([], ['count', ...counts])).rows;
  const [all = 0, ...filled] = row.map(Number);
  const found = asked.map((role, index) => {
    const share = (filled[index] ?? 0) / Math.max(1, all);
    const isWell = share >= wellFilled || !wanted.includes(role);
    const text = `role ${role} in ${formatPercent(share)} of the rows`;
    return check(`role_${role}`, isWell ? 'ok' : 'look', text, isWell ? null : 'coldcase columns');
  });
  const missing = wanted.filter((role) => !roles.includes(role));
  return [
    ...found,
    ...missing.map((role) =>
      check(
        `role_${role}`,
        'look',
        `no column has the role ${role}`,
        `coldcase ingest FILES --map ${role}=COLUMN`,
      ),
    ),
  ];
}

/** Services told one by one. Chosen by us. */
const mostServices = 5;

async function serviceChecks(ask: Ask, roles: readonly RoleName[]): Promise<readonly Check[]> {
  const parts = (['host', 'version'] as const).filter((role) => roles.includes(role));
  if (!roles.includes('service') || parts.length === 0) return [];
  const counts = parts.map((role) => `count where ${role} exists as has_${role}`);
  const { rows } = await ask(['service'], ['count', ...counts], ['service exists']);
  const poor = [...rows].flatMap(([service, all, ...filled]) =>
    parts.flatMap((role, index) => {
      const missing = 1 - Number(filled[index]) / Math.max(1, Number(all));
      if (missing <= 1 - wellFilled) return [];
      return [`${String(service)} has no ${role} in ${formatPercent(missing)} of its rows`];
    }),
  );
  const shown = poor.slice(0, mostServices);
  const rest = poor.length - shown.length;
  return [...shown, ...(rest === 0 ? [] : [`${formatCount(rest)} more of this kind`])].map((text) =>
    check('service_role', 'look', text, 'coldcase query --by service,host,version'),
  );
}

/** Rows looked at for events that are there twice: a second or two of work. Chosen by us. */
const twinRows = 2_000_000;

async function twinCheck({ settings, signal, progress }: Invocation, dataset: Dataset) {
  progress.say('looking for events that are there twice');
  const { snapshot, tableDir, schema, roles } = dataset;
  const everyMinutes = Math.max(1, Math.ceil((statusOf(dataset).rowCount ?? 0) / twinRows));
  const { countTwins } = await import('../../engine/duckdb/twins.js');
  const files = snapshot.files.map(({ path }) => join(tableDir, path));
  const host = schema.find(({ label }) => roles.host?.includes(label))?.name ?? null;
  const request = { files, schema, host, everyMinutes };
  const counts = await countTwins(limitsOf(settings), request, signal);
  const twice = hoursTwice(counts);
  const part = everyMinutes === 1 ? '' : ` in one minute of ${everyMinutes}`;
  if (twice.length === 0) return check('duplicates', 'ok', `no log is there twice${part}`);
  const extra = twice.reduce((sum, { rowCount, eventCount }) => sum + rowCount - eventCount, 0);
  const hours = twice.map(({ startMicros }) => startMicros).sort((a, b) => a - b);
  const [first = 0, last = 0] = [hours[0], hours.at(-1)];
  const hosts = new Set(twice.map((one) => one.host));
  const whose = hosts.has(null) ? '' : ` of ${plural(hosts.size, 'host')}`;
  const ends = [first, last + 3_600_000_000].map((micros) => formatMoment(micros, 'UTC'));
  const text = `${plural(extra, 'row')}${whose} too many${part}, ${ends[0]} to ${ends[1]} UTC`;
  const window = ends.map((moment) => moment.replace(' ', 'T')).join('..');
  return check('duplicates', 'look', text, `coldcase query --by batch --window ${window}`);
}

async function skewChecks(ask: Ask, nowMs: number): Promise<readonly Check[]> {
  const now = new Date(nowMs).toISOString();
  const [row = []] = (await ask([], ['count'], [`time > '${now}'`])).rows;
  const ahead = Number(row[0] ?? 0);
  if (ahead === 0) return [check('clock', 'ok', 'no event lies in the future')];
  const next = `coldcase query --by host --where "time > '${now}'"`;
  return [check('clock', 'look', `${plural(ahead, 'row')} lie in the future`, next)];
}

async function ruleChecks(
  ask: Ask,
  source: QuerySource,
  { roles, bad }: { readonly roles: readonly RoleName[]; readonly bad: string },
): Promise<readonly Check[]> {
  const { bad: rule, notes } = usableRule(bad, source);
  if (rule === null)
    return notes.map(({ text }) => check('bad_rule', 'look', text, 'coldcase init --bad EXPR'));
  if (!roles.includes('status') || !roles.includes('host')) {
    return [check('bad_rule', 'ok', `bad: ${bad}`)];
  }
  const peers = roles.includes('service') ? ['host', 'service'] : ['host'];
  const traffic = await ask(peers, ['count']);
  const counts = ['count', `count where (${bad}) as is_bad`];
  const failing = await ask(['status', ...peers], counts, ['status >= 400']);
  const ignored = ignoredFailures(failuresOf(failing, traffic));
  if (ignored.length === 0)
    return [check('bad_rule', 'ok', `bad: ${bad}; it ignores nothing concentrated`)];
  return ignored.map((text) => check('bad_rule', 'look', text, 'coldcase scan'));
}

const glyphs: Readonly<Record<Health, readonly [string, string]>> = {
  ok: ['ok', 'ok'],
  look: ['▲', '!'],
  broken: ['✗', 'x'],
};

function answerOf(checks: readonly Check[], terminal: Terminal, place: readonly string[]): Answer {
  const isWell = checks.every(({ health }) => health === 'ok');
  const withPlace = (next: string) =>
    next.startsWith('coldcase ') ? [next, ...place].join(' ') : next;
  return {
    blocks: [
      linesBlock(
        checks.map(({ health, code, text }) => {
          const glyph = glyphs[health][terminal.unicode ? 0 : 1];
          return `${glyph.padEnd(3)} ${code.padEnd(14)}  ${text}`;
        }),
      ),
    ],
    table: {
      columns: ['health', 'code', 'text', 'next'].map((key) => ({
        key,
        title: key,
        align: 'left',
        show: 'text',
      })),
      rows: checks.map(({ health, code, text, next }) => [health, code, text, next]),
      seriesMax: null,
      footer: [],
    },
    document: {
      well: isWell,
      rows: checks.map(({ health, code, text, next }) => ({ health, code, text, next })),
    },
    prose: true,
    notes: [],
    next: [...new Set(checks.flatMap(({ next }) => (next === null ? [] : [withPlace(next)])))],
    exitCode: isWell ? 0 : 3,
  };
}
