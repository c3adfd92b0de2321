import { lineOf } from '../../core/operate/history/line';
import type { Steered } from '../../core/operate/register';
import type { Given } from '../command';
import { ExitCode } from '../exit-code';
import { durationFrom } from '../parse/values';
import { misuse } from '../problem';
import type { Verb, VerbResult } from '../verb';
import { memberFrom } from './acting';

export const pause: Verb = {
  async run(context, given) {
    const why = whyOf(given, 'pause');
    const forMs = durationFrom(given.option('--for'), '--for');
    const world = await context.world();
    const until = forMs === undefined ? undefined : world.wall.now() + forMs;
    const ending = until === undefined ? "until 's3-failover resume'" : `until ${world.wall.iso(until)}`;
    if (context.globals.dryRun) return planned('pause', `the controller would be kept from moving traffic ${ending}`);
    return steered('pause', await world.register.brake({ by: world.who, why, ...(until === undefined ? {} : { until }) }, context.signal), `the controller moves no traffic ${ending}`, { why, until: until === undefined ? null : world.wall.iso(until) });
  },
};

export const resume: Verb = {
  async run(context) {
    const world = await context.world();
    if (context.globals.dryRun) return planned('resume', 'the brake would be released');
    return steered('resume', await world.register.release(context.signal), 'the brake is released: the controller may move traffic');
  },
};

export const exclude: Verb = {
  async run(context, given) {
    const why = whyOf(given, 'exclude');
    const world = await context.world();
    const region = memberFrom(given, world.estate);
    if (context.globals.dryRun) return planned('exclude', `${region} would be excluded`, { region });
    return steered('exclude', await world.register.exclude(region, why, context.signal), `${region} is excluded: the controller does not choose it`, { region, why });
  },
};

export const include: Verb = {
  async run(context, given) {
    const world = await context.world();
    const region = memberFrom(given, world.estate);
    if (context.globals.dryRun) return planned('include', `${region} would be included again`, { region });
    return steered('include', await world.register.include(region, context.signal), `${region} is included again: the controller may choose it`, { region });
  },
};

function whyOf(given: Given, verb: string): string {
  const why = given.option('--why')?.trim();
  if (!why) throw misuse(`'${verb}' wants a reason, for whoever meets it at night`, [`s3-failover ${verb} ... --why 'what for'`]);
  return lineOf(why);
}

/** Without a controller nothing acts by itself, so that what was asked for is so. */
function steered(verb: string, { kind }: Steered, sentence: string, more: object = {}): VerbResult {
  const alone = kind === 'no controller';
  return result(verb, alone ? 'there is no controller, so nothing moves traffic by itself and there is nothing to steer; nothing was changed' : sentence, { controller: !alone, changed: !alone, ...more });
}

function planned(verb: string, sentence: string, more: object = {}): VerbResult {
  return result(verb, `${sentence}; nothing was done (--dry-run)`, { changed: false, ...more });
}

function result(verb: string, sentence: string, more: object): VerbResult {
  return { code: ExitCode.DONE, document: { schema: 'cdk-s3-failover/steering', version: 1, verb, sentence, ...more }, text: () => `${sentence}\n` };
}
