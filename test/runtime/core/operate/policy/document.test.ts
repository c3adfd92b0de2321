import { estateOf } from '../../../../../runtime/core/operate/estate';
import { policyFor } from '../../../../../runtime/core/operate/policy/document';
import { scopeOf } from '../../../../../runtime/core/operate/policy/scope';
import { PERMISSIONS } from '../../../../../runtime/core/operate/policy/statements';
import { needs, POLICY_VERBS } from '../../../../../runtime/core/operate/policy/verbs';
import { manifest } from '../../../support/manifest';

const scope = (parameter?: string) => scopeOf(estateOf(manifest()), parameter);

test('a parameter is named in every data Region, whether its name begins with a slash or not', () => {
  for (const name of ['/s3-failover/media', 's3-failover/media']) {
    const { document } = policyFor('export', scope(name));
    expect(document.Statement.find(({ Sid }) => Sid === 'ReadManifest')!.Resource).toEqual(
      ['us-east-1', 'eu-west-1', 'us-west-2'].map((region) => `arn:aws:ssm:${region}:111122223333:parameter/s3-failover/media`),
    );
  }
});

test('without the name of the parameter its statement is left out, and named', () => {
  const { document, leftOut } = policyFor('failover', scope());
  expect(JSON.stringify(document)).not.toContain('ssm:');
  expect(leftOut).toEqual(['ReadManifest']);
});

test('no verb needs a permission twice, and every permission is needed by a verb', () => {
  for (const verb of POLICY_VERBS) {
    const sids = [...needs(verb).must, ...needs(verb).should, ...Object.values(needs(verb).extras ?? {}).flat()];
    expect(new Set(sids).size).toBe(sids.length);
  }
  const needed = POLICY_VERBS.flatMap((verb) => [...needs(verb).must, ...needs(verb).should, ...Object.values(needs(verb).extras ?? {}).flat()]);
  expect(Object.keys(PERMISSIONS).filter((sid) => !needed.includes(sid as never))).toEqual([]);
});
