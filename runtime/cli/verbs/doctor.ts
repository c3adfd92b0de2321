import { DEEP_CHECKS, CHECKS } from '../../core/operate/doctor/checks';
import { examine } from '../../core/operate/doctor/examine';
import type { Severity } from '../../core/operate/doctor/finding';
import { ExitCode } from '../exit-code';
import { Problem } from '../problem';
import { doctorText, verdictOf } from '../render/doctor';
import type { Verb, VerbContext } from '../verb';

/** By the worst finding; docs/doctor.md has the same table. */
const EXIT_CODES: { readonly [worst in Severity]: ExitCode } = {
  good: ExitCode.DONE,
  'not checked': ExitCode.UNPROVEN,
  warns: ExitCode.UNPROVEN,
  fails: ExitCode.REFUSED,
};

/** Credentials that are of no use are a finding, and no reason to find nothing. */
async function callerOrNobody(context: VerbContext): Promise<string> {
  try {
    return (await context.caller())?.arn ?? 'unknown';
  } catch (error) {
    if (error instanceof Problem) throw error;
    return 'unknown';
  }
}

export const doctor: Verb = {
  async run(context, given) {
    const { manifest, from, parameter } = await context.manifest();
    const [world, who] = await Promise.all([context.view(), callerOrNobody(context)]);
    const checks = given.has('--deep') ? DEEP_CHECKS : CHECKS;
    context.teller.step('Looking at everything');
    let done = 0;
    const { findings, worst } = await examine(
      { ...world, ...context.aws.doctor(world.estate), parameter: context.aws.parameter, manifestFrom: { words: from, parameter } },
      { signal: context.signal, checks, done: () => context.teller.progress(++done, checks.length, 'checks') },
    );
    // What was not asked in time would pass for what was not to be seen.
    if (context.signal.aborted) throw new Error('the look was not finished');
    const { estate } = world;
    const about = { accessPoint: estate.accessPoint.arn, regions: estate.regions, manifest: from, revision: manifest.revision, caller: who };
    return {
      code: EXIT_CODES[worst],
      looked: true,
      document: {
        schema: 'cdk-s3-failover/doctor',
        version: 1,
        ...about,
        worst,
        verdict: verdictOf(findings),
        findings: findings.map(({ check, severity, code, where, subject, sentence, evidence, fix, commands }) => ({
          severity,
          check,
          code,
          where: where ?? null,
          subject: subject ?? null,
          sentence,
          evidence: evidence ?? null,
          fix: fix ?? null,
          commands: commands ?? [],
        })),
      },
      text: (paint, columns) => doctorText({ ...about, findings }, paint, columns),
    };
  },
};
