/**
 * Transcripts in Markdown: a fenced block marked `console` holds `$ command` lines, each followed by
 * what it prints. The commands are run in order, in one scratch directory per page, and print what
 * a terminal of 80 columns would show, without colour. A status other than 0 is the last line.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;

interface Step {
  readonly command: string;
  readonly expected: string;
}

export interface PageRun {
  readonly text: string;
  readonly steps: readonly (Step & { readonly actual: string })[];
}

const fence = /^```console\n([\s\S]*?)^```$/gm;

export function stepsOf(block: string): Step[] {
  const steps: Step[] = [];
  for (const part of block.split(/^\$ /m).slice(1)) {
    const lines = part.split('\n');
    const end = lines.findIndex((line) => !line.endsWith('\\'));
    const command = lines.slice(0, end + 1).join('\n');
    steps.push({
      command,
      expected: lines
        .slice(end + 1)
        .join('\n')
        .trimEnd(),
    });
  }
  return steps;
}

/** Runs every transcript of a page; `text` is the page with what the commands really print. */
export function runPage(markdown: string): PageRun {
  const dir = mkdtempSync(join(tmpdir(), 'doc-'));
  const bin = join(dir, '.bin');
  mkdirSync(bin);
  const program = `"${process.execPath}" "${join(root, 'dist', 'cli.js')}"`;
  writeFileSync(join(bin, 'coldcase'), `#!/bin/sh\nexec ${program} "$@" --no-ascii\n`);
  chmodSync(join(bin, 'coldcase'), 0o755);
  symlinkSync(join(root, 'sample-data'), join(dir, 'sample-data'));
  const steps: (Step & { actual: string })[] = [];
  try {
    const text = markdown.replace(fence, (_whole, block: string) => {
      const ran = stepsOf(block).map((step) => ({ ...step, actual: run(step.command, dir, bin) }));
      steps.push(...ran);
      const body = ran.map(({ command, actual }) => `$ ${command}\n${actual}`.trimEnd());
      return `\`\`\`console\n${body.join('\n\n')}\n\`\`\``;
    });
    return { text, steps };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function run(command: string, dir: string, bin: string): string {
  const { stdout, stderr, status } = spawnSync('sh', ['-c', together(command)], {
    cwd: dir,
    encoding: 'utf8',
    env: {
      PATH: `${bin}:${process.env.PATH ?? ''}`,
      HOME: dir,
      TMPDIR: tmpdir(),
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      COLUMNS: '80',
      COLDCASE_FORMAT: 'table',
    },
  });
  const printed = redact(stdout + stderr).trimEnd();
  return status === 0 ? printed : `${printed}\n[exit ${status}]`.trimStart();
}

/** Both streams as one, in order; behind a pipe they race, so what goes past it comes after. */
function together(command: string): string {
  return command.includes(' | ') ? command : `{ ${command}\n} 2>&1`;
}

/** What differs from run to run: how long it took, the scratch directory, made-up names. */
export function redact(text: string): string {
  return text
    .replace(/\b\d+(?:[.,]\d+)? ?(?:ms|s)\b(?=(?: left)?$)/gm, '0.0 s')
    .replace(/"elapsedMs": ?\d+/g, '"elapsedMs":0')
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'BATCH')
    .replace(/[^\s'"]*\/doc-\w{6}\b/g, '.');
}

/** What may differ from machine to machine: the sizes of data files. */
export function settled(text: string): string {
  return text.replace(/(data files?, )[\d.,]+ (?:B|KiB|MiB)/g, '$1SIZE');
}
