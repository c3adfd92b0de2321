import { list } from '../../routes/routes';
import { wrap } from '../../text/wrap';
import type { Estate } from '../estate';
import { lineOf } from '../history/line';
import { cardCommands, type CardCommand } from './commands';

export const CARD_FORMATS = ['md', 'txt'] as const;
export type CardFormat = (typeof CARD_FORMATS)[number];

/** How the same card is written down in each format. */
interface Writer {
  title(text: string): string;
  heading(text: string): string;
  paragraph(text: string): string;
  commands(commands: readonly CardCommand[]): string;
}

const WIDTH = 100;

const MARKDOWN: Writer = {
  title: (text) => `# ${text}\n`,
  heading: (text) => `## ${text}\n`,
  paragraph: (text) => `${text}\n`,
  commands: (commands) => commands.map(({ at, line }) => `\`${at}\`\n\n\`\`\`sh\n${line}\n\`\`\`\n`).join('\n'),
};

const TEXT: Writer = {
  title: (text) => `${text}\n${'='.repeat(Math.min(WIDTH, text.length))}\n`,
  heading: (text) => `${text}\n${'-'.repeat(Math.min(WIDTH, text.length))}\n`,
  // Commands are never broken.
  paragraph: (text) => `${wrap(text, WIDTH).join('\n')}\n`,
  commands: (commands) => commands.map(({ at, line }) => `${at}:\n${line}\n`).join('\n'),
};

/** The card cannot take the epoch of the register. */
const CONTROLLER =
  "A controller may move this traffic by itself. If it can still be run, 's3-failover pause' first keeps it from acting; this card cannot. Without that, the controller may act at the same time as you. " +
  'What it then finds it takes for the act of a person, and lets it stand: it moves no traffic for a cool-down, and alarms. An act of its own that was under way may land after yours: look with part 3 again after two minutes.';

/**
 * What to type when there is nothing but the AWS CLI: to see where traffic goes, and to move it, at any of the five endpoints.
 * All of it from the manifest, so that it can be printed long before it is needed.
 */
export function cardText(estate: Estate, format: CardFormat): string {
  const writer = format === 'md' ? MARKDOWN : TEXT;
  const { manifest, accessPoint, members, regions, buckets } = estate;
  const commands = cardCommands(estate);
  const passive = regions.filter((region) => !members.includes(region));
  const parts = [
    writer.title(`Break-glass card: ${lineOf(manifest.accessPoint.name)}`),
    writer.paragraph(
      'Moves the traffic of an S3 Multi-Region Access Point with the plain AWS CLI. Needs no s3-failover, no CloudFormation and no home Region: ' +
        'only one of five control endpoints, and credentials that may read and submit routes.',
    ),
    writer.paragraph(`Account ${accessPoint.account}. Access point ${accessPoint.arn}. Made from revision ${manifest.revision} of its manifest; print it anew when Regions or buckets change.`),
    writer.paragraph(`Regions that can take traffic: ${list(members)}.${passive.length > 0 ? ` Only replicated to: ${list(passive)}.` : ''} Traffic is meant to be in ${list(meant(estate))}.`),

    writer.heading('1. Who am I'),
    writer.paragraph('First, so that the AWS CLI sends no command a second time behind your back:'),
    writer.commands([{ at: 'this shell', line: commands.settings }]),
    writer.paragraph(`The answer must name account ${accessPoint.account}. If that Region does not answer, take another: --region ${regions.at(-1)}.`),
    writer.commands([{ at: regions[0], line: commands.caller }]),

    writer.heading('2. Which Regions are alive'),
    writer.paragraph('No error means alive, as seen from here. A 403 means that these credentials may not ask; the Region works all the same.'),
    writer.commands(commands.alive),

    writer.heading('3. Where does traffic go'),
    writer.paragraph('100 is active, 0 is passive. Ask two endpoints, and not that of the Region that is in trouble. Where they differ, ask again after a minute.'),
    writer.commands(commands.read),

    writer.heading('4. Move traffic'),
    writer.paragraph(
      'Think first: what was written in the Region that you leave, and has not been replicated, is missing in the other until that Region is back. If it still works, use s3-failover switchover instead: it waits until nothing is missing.',
    ),
    writer.paragraph(
      'Choose one target. Run one command of it, at the endpoint of a Region that is not in trouble. If no answer comes, the command may act all the same: ' +
        'look with part 3 at another endpoint, and only then run another command of the same target. After a command without an answer, run none of another target for ten minutes.',
    ),
    ...commands.targets.flatMap(({ active, commands: submits }) => [
      writer.heading(`Traffic to ${active.length === 1 ? `${active[0]} (bucket ${buckets[active[0]]})` : list(active)}`),
      writer.commands(submits),
    ]),

    ...(manifest.controller ? [writer.paragraph(CONTROLLER)] : []),

    writer.heading('5. Afterwards'),
    writer.paragraph(
      'Look with part 3 at an endpoint other than the one that you used. Routes change at once, traffic follows within about two minutes, and connections that are open may stay longer: restart clients that still go to the old Region.',
    ),
    writer.paragraph('Do not move traffic back before the Region that you left was reconciled: s3-failover reconcile. Write down who did this, when and why: acts with this card are in no history.'),
    writer.paragraph(
      `If writes are still refused with an explicit deny, a fence is up in the bucket's policy: the statement whose Sid begins with S3FailoverFence. It lapses by itself within minutes.`,
    ),
  ];
  return parts.join('\n');
}

function meant({ manifest }: Estate): readonly string[] {
  return manifest.routing.mode === 'latency' ? manifest.routing.regions : manifest.routing.regions.slice(0, 1);
}
