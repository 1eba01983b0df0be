/** `coldcase init`: makes an empty store and a coldcase.yaml that says where it is. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { changeSettings, initDataset, openDataset } from '../../store/dataset.js';
import { defaultSettings } from '../../store/settings.js';
import { type Answer, linesBlock, noTable } from '../answer.js';
import type { CommandModule, Invocation } from '../command.js';
import { keepDaysOf } from '../keep.js';
import { lazyCheckpoints, limitsOf } from '../lazy-engine.js';
import { textOption } from '../option-values.js';
import { rolesOf } from '../role-options.js';
import { writeWholeFile } from '../sink.js';

export const initCommand: CommandModule = {
  name: 'init',
  words: '',
  summary: 'make a store here',
  examples: [
    ['coldcase init', 'in ./.coldcase'],
    ['coldcase init --keep 90d --bad "status >= 500 or status = 401"', ''],
  ],
  options: [
    { flags: '--keep <days>', help: 'days to keep: 60d' },
    { flags: '--bad <expr>', help: 'what counts as failing (status >= 500)' },
  ],
  run: init,
};

const configName = 'coldcase.yaml';

async function init({ values, settings, clock }: Invocation): Promise<Answer> {
  const keepDays = keepDaysOf(textOption(values, 'keep') ?? settings.config.keep ?? '60d');
  const bad = settings.bad ?? defaultSettings.bad;
  await checkRule(bad);
  const place = { storeDir: settings.store, name: settings.dataset };
  const nowMs = Math.floor(clock.now() / 1000);
  await initDataset(place, nowMs);
  const roles = rolesOf(settings.config.roles ?? {});
  const dataset = await openDataset(place, lazyCheckpoints(limitsOf(settings)));
  await changeSettings(dataset, { bad, keepDays, roles }, nowMs);
  const written = writeConfig(settings.store, { bad, keepDays });
  return {
    blocks: [
      linesBlock([
        `store    ${settings.store}, dataset ${settings.dataset}`,
        `keep     ${keepDays} days`,
        `bad      ${bad}`,
        ...(written ? [`wrote    ${configName}`] : []),
      ]),
    ],
    table: noTable,
    document: {
      store: settings.store,
      dataset: settings.dataset,
      keep_days: keepDays,
      bad,
      config: written ? configName : null,
    },
    prose: true,
    notes: [],
    next: ['coldcase ingest FILES'],
    exitCode: 0,
  };
}

async function checkRule(bad: string): Promise<void> {
  const { parseExpression } = await import('../../expression/parse.js');
  parseExpression(bad, '--bad');
}

/** Written only where none is: a config is the person's, not ours. */
function writeConfig(
  store: string,
  { bad, keepDays }: { readonly bad: string; readonly keepDays: number },
): boolean {
  if (existsSync(configName)) return false;
  const inside = relative(process.cwd(), store);
  const path = inside.startsWith('..') ? store : join(inside);
  const lines = [`store: ${quote(path)}`, `keep: ${keepDays}d`, `bad: ${quote(bad)}`];
  writeWholeFile(configName, [`${lines.join('\n')}\n`]);
  return true;
}

/** JSON texts are YAML texts. */
function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : JSON.stringify(text);
}
