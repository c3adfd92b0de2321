import type { Command } from '../command';

export const card: Command = {
  name: 'card',
  summary: 'print the break-glass card: plain aws commands that need nothing of ours',
  detail:
    'For every target and each of the five control endpoints the command of the AWS CLI that moves traffic there, and those that show where it goes. ' +
    'Made from the manifest alone: with --manifest nothing is asked of AWS. Print it, and keep it where you look when nothing else works.',
  options: [{ flag: '--format', value: 'format', summary: 'Markdown or plain text', choices: ['md', 'txt'], default: 'txt' }],
  examples: [
    { line: 's3-failover card --manifest media.json --format md > card.md', why: 'for the wiki; and print it' },
    { line: 's3-failover card --manifest media.json', why: 'on the terminal' },
  ],
};
