import type { Shell } from '../commands/completion';
import { SCRIPTS } from '../completion/scripts';
import { ExitCode } from '../exit-code';
import type { Verb } from '../verb';

export const completion: Verb = {
  async run(_, given) {
    const shell = given.argument('shell') as Shell;
    return {
      code: ExitCode.DONE,
      document: { schema: 'cdk-s3-failover/completion', version: 1, shell, script: SCRIPTS[shell] },
      text: () => SCRIPTS[shell],
    };
  },
};
