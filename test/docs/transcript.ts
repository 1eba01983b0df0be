/**
 * Transcripts in Markdown: a fenced block marked `console` holds `$ command` lines, each followed by
 * what it prints. The commands are run in order, in one scratch directory per page.
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
    const end = part.indexOf('\n');
    steps.push({ command: part.slice(0, end), expected: part.slice(end + 1).trimEnd() });
  }
  return steps;
}

/** Runs every transcript of a page; `text` is the page with what the commands really print. */
export function runPage(markdown: string): PageRun {
  const dir = mkdtempSync(join(tmpdir(), 'coldcase-docs-'));
  const bin = join(dir, '.bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'coldcase'),
    `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'dist', 'cli.js')}" "$@"\n`,
  );
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
  const { stdout } = spawnSync('sh', ['-c', `{ ${command}\n} 2>&1`], {
    cwd: dir,
    encoding: 'utf8',
    env: {
      PATH: `${bin}:${process.env.PATH ?? ''}`,
      HOME: dir,
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      COLUMNS: '80',
      COLDCASE_FORMAT: 'table',
    },
  });
  return redact(stdout).trimEnd();
}

/** What differs from run to run: how long it took, and the scratch directory. */
export function redact(text: string): string {
  return text
    .replace(/\b\d+(?:[.,]\d+)? ?(?:ms|s)\b(?=(?: left)?$)/gm, '0.0 s')
    .replace(/[^\s'"]*coldcase-docs-\w+/g, '.');
}
