/** What `coldcase demo` tells once its store is made: a line of text, then the command it runs. */
import { formatCount, formatShare } from './story-number.js';
import type { DemoTruth } from './truth.js';

/** Text before a command, and the command as people type it, without the program's name. */
export interface StoryStep {
  readonly say: readonly string[];
  readonly argv: readonly string[];
}

export interface Story {
  readonly opening: readonly string[];
  readonly steps: readonly StoryStep[];
  readonly closing: readonly string[];
}

/** `store` is the directory as the reader would name it. */
export function demoStory(truth: DemoTruth, store: string): Story {
  const { incident, objective } = truth;
  const at = ['--store', store];
  const rule = 'status >= 500 or status = 401';
  const window = ['--window', '2020-04-16T14:00..16:00'];
  const where = ['--where', `service = ${incident.service}`];
  return Object.freeze({
    opening: [
      `60 days of a fleet of ${incident.fleetHosts} api hosts and three smaller services,`,
      `${formatCount(truth.rows)} events. On day 53 something went wrong and nobody noticed.`,
    ],
    steps: [
      {
        say: ['Who disagreed with the fleet, in all 60 days?'],
        argv: ['versions', '--since', '60d', ...at],
      },
      {
        say: ['The errors of these two hours. A 500 burned for two minutes, too short to page.'],
        argv: ['query', '--by', 'version,status', ...window, ...where, ...at],
      },
      {
        say: ['With 401 counted as bad, the four hosts failed every single request.'],
        argv: ['versions', ...window, '--bad', rule, ...at],
      },
      {
        say: ['And without knowing where to look: what stands out in all 60 days?'],
        argv: ['scan', '--min-severity', 'low', ...at],
      },
    ],
    closing: [
      `${formatShare(incident.budgetBurned)} of the error budget of ${objective.days} days ` +
        `(${formatShare(objective.target, 2)}) was gone in 93 minutes.`,
      'No alert fired: 401 did not count as a failure.',
      '',
      `look closer   coldcase versions --at "2020-04-16 14:12" --store ${store}`,
      'your own      coldcase versions /var/log/nginx/*.log',
    ],
  });
}
