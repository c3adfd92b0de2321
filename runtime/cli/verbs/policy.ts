import { estateOf } from '../../core/operate/estate';
import { policyFor, type VerbPolicy } from '../../core/operate/policy/document';
import { scopeOf } from '../../core/operate/policy/scope';
import { isPolicyVerb, needs, POLICY_VERBS, type PolicyVerb } from '../../core/operate/policy/verbs';
import { ExitCode } from '../exit-code';
import { misuse } from '../problem';
import type { Verb } from '../verb';

export const policy: Verb = {
  async run(context, given) {
    const verb = [given.argument('verb'), given.argument('second')].filter(Boolean).join(' ');
    if (!isPolicyVerb(verb)) throw misuse(`'verb' must be one of ${POLICY_VERBS.join(', ')}, got '${verb}'`, [`s3-failover policy failover`]);
    const { manifest, parameter } = await context.manifest();
    const extra = given.option('--with');
    const chosen = extra === undefined ? [] : [`--${extra}`];
    const stranger = chosen.find((option) => needs(verb).extras?.[option] === undefined);
    if (stranger !== undefined) throw misuse(`'--with' must name an option of '${verb}' that needs more, got '${stranger.slice(2)}'; it has ${Object.keys(needs(verb).extras ?? {}).join(', ') || 'none'}`);
    const made = policyFor(verb, scopeOf(estateOf(manifest), parameter), chosen);
    const text = made.document.Statement.length === 0 ? '' : given.option('--format') === 'cdk' ? construct(verb, made) : `${JSON.stringify(made.document, null, 2)}\n`;
    for (const line of notes(verb, made, chosen)) context.terminal.err(`${context.terminal.talkPaint.faint(line)}\n`);
    return {
      code: ExitCode.DONE,
      document: { schema: 'cdk-s3-failover/policy', version: 1, verb, policy: made.document, statements: made.reasons, leftOut: made.leftOut },
      text: () => text,
    };
  },
};

function notes(verb: PolicyVerb, { reasons, leftOut }: VerbPolicy, chosen: readonly string[]): string[] {
  if (reasons.length + leftOut.length === 0) return [`'${verb}' asks nothing of AWS that needs a permission`];
  return [
    ...reasons.map(({ sid, why, must }) => `${sid}: to ${why}${must ? '' : `; without it '${verb}' goes on, and says what it could not do`}`),
    ...Object.keys(needs(verb).extras ?? {}).flatMap((option) => (chosen.includes(option) ? [] : [`'${verb} ${option}' needs more: '--with ${option.slice(2)}'`])),
    ...leftOut.map((sid) => `${sid} is left out: the manifest's SSM parameter is not known; name it by '--name'`),
  ];
}

function construct(verb: PolicyVerb, { document, reasons }: VerbPolicy): string {
  const id = verb.replace(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase());
  const json = JSON.stringify(document, null, 2).replace(/\n/g, '\n  ');
  return [
    `// What 's3-failover ${verb}' needs:`,
    ...reasons.map(({ sid, why }) => `// ${sid}: to ${why}`),
    `new iam.ManagedPolicy(this, '${id}Operator', {`,
    `  document: iam.PolicyDocument.fromJson(${json}),`,
    `});`,
    '',
  ].join('\n');
}
