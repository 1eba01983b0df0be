/** Help fits a terminal of 80 columns, whatever command it is of. */
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/base/text.js';
import { commandList } from '../../src/cli/command-list.js';
import { commandSummaries } from '../../src/cli/command-summary.js';
import { commandHelp, programHelp } from '../../src/cli/help-text.js';

const wide = (text: string) => text.split('\n').filter((line) => displayWidth(line) > 80);

describe('help', () => {
  it('of the program is no wider than 80 columns', () => {
    expect(wide(programHelp(commandSummaries))).toEqual([]);
  });

  for (const { name, load } of commandList) {
    it(`of ${name} is no wider than 80 columns`, async () => {
      const help = commandHelp(await load());
      expect(help).toContain(`usage: coldcase ${name}`);
      expect(wide(help)).toEqual([]);
    });
  }
});
