import { describe, expect, it } from 'vitest';
import { defaultDemo } from '../../src/demo/generate.js';
import { demoStory } from '../../src/demo/story.js';
import { demoTruth } from '../../src/demo/truth.js';

const truth = demoTruth(defaultDemo);
const story = demoStory(truth, './coldcase-demo');

describe('the story', () => {
  it('opens with the size of the fleet and closes with the budget', () => {
    expect(story.opening.join(' ')).toContain('40 api hosts');
    expect(story.opening.join(' ')).toContain('5,000,000 events');
    expect(story.closing[0]).toBe(
      '81.6 % of the error budget of 30 days (99.97 %) was gone in 93 minutes.',
    );
  });

  it('runs real commands on the store named', () => {
    expect(story.steps.map(({ argv }) => argv[0])).toEqual([
      'versions',
      'query',
      'versions',
      'scan',
    ]);
    for (const { argv, say } of story.steps) {
      expect(argv.slice(-2)).toEqual(['--store', './coldcase-demo']);
      expect(say.length).toBeGreaterThan(0);
    }
  });

  it('fits on 80 columns', () => {
    const said = [...story.opening, ...story.steps.flatMap(({ say }) => say), ...story.closing];
    expect(said.filter((line) => line.length > 80)).toEqual([]);
  });

  it('counts the day of the incident from the first', () => {
    expect(truth.dates[52]).toBe('2020-04-16');
    expect(story.opening.join(' ')).toContain('On day 53');
  });
});
