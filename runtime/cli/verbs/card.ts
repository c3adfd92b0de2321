import { cardText, type CardFormat } from '../../core/operate/card/card';
import { cardCommands } from '../../core/operate/card/commands';
import { estateOf } from '../../core/operate/estate';
import { ExitCode } from '../exit-code';
import type { Verb } from '../verb';

export const card: Verb = {
  async run(context, given) {
    const { manifest, from } = await context.manifest();
    if (context.sourceIsAws) await context.caller();
    const estate = estateOf(manifest);
    const format = given.option('--format') as CardFormat;
    const text = cardText(estate, format);
    return {
      code: ExitCode.DONE,
      document: { schema: 'cdk-s3-failover/card', version: 1, accessPoint: estate.accessPoint.arn, manifest: from, revision: manifest.revision, format, text, ...cardCommands(estate) },
      text: () => text,
    };
  },
};
