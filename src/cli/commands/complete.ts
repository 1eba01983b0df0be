/** `coldcase complete`: the script that makes a shell complete commands, names and values. */
import { Fault } from '../../base/fault.js';
import { suggest } from '../../base/suggest.js';
import { type Answer, noTable, wholeLinesBlock } from '../answer.js';
import type { CommandModule } from '../command.js';
import { completionScripts } from '../completion/scripts.js';
import type { Shell } from '../completion/shell-line.js';

const shells: readonly Shell[] = ['bash', 'zsh', 'fish'];

export const completeCommand: CommandModule = {
  name: 'complete',
  words: '<bash|zsh|fish>',
  summary: 'completion for a shell, with the names and values of your data',
  examples: [
    ['source <(coldcase complete bash)', 'in ~/.bashrc'],
    ['source <(coldcase complete zsh)', 'in ~/.zshrc, behind compinit'],
    ['coldcase complete fish | source', 'in ~/.config/fish/config.fish'],
  ],
  options: [],
  run: async ({ words: [word = ''] }) => scriptAnswer(shellOf(word)),
};

/** **Faults** CC1330. */
function shellOf(word: string): Shell {
  const found = shells.find((name) => name === word);
  if (found !== undefined) return found;
  const near = suggest(word, shells);
  throw new Fault('CC1330', { name: word }, near === null ? {} : { hint: `did you mean ${near}?` });
}

function scriptAnswer(shell: Shell): Answer {
  const script = completionScripts[shell];
  return {
    blocks: [wholeLinesBlock(script.trimEnd().split('\n'))],
    table: noTable,
    document: { shell, script },
    prose: true,
    notes: [],
    next: [],
    exitCode: 0,
  };
}
