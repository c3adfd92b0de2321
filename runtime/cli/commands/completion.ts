import type { Command } from '../command';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export const completion: Command = {
  name: 'completion',
  summary: 'print a script that lets a shell complete verbs, options and Regions',
  detail:
    'The script asks s3-failover itself what may follow, so that it stays right when the command is updated. ' +
    'Regions are those of the manifest in S3_FAILOVER_MANIFEST, where that names one, else those that an access point can have.',
  arguments: [{ name: 'shell', summary: 'shell that the script is for', required: true, completes: SHELLS }],
  examples: [
    { line: 'source <(s3-failover completion bash)', why: 'in this shell; put the line into ~/.bashrc to keep it' },
    { line: 'source <(s3-failover completion zsh)', why: 'the same for ~/.zshrc, after compinit' },
    { line: 's3-failover completion fish | source', why: 'the same for fish' },
  ],
  offline: true,
};
