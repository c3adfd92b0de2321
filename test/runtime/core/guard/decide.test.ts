import { createHash } from 'node:crypto';
import type { Manifest } from '../../../../lib/private/contract';
import { CallError } from '../../../../runtime/core/calls/call-error';
import { decide, liveArn, type GuardView } from '../../../../runtime/core/guard/decide';
import { replacementDigest } from '../../../../runtime/core/guard/digest';
import { guardPropertiesSchema } from '../../../../runtime/core/guard/properties';
import type { Copies } from '../../../../runtime/core/manifest/copies';
import { buckets, guardProperties, LIVE_ARN, manifest, NEW_ARN, REGIONS } from '../../support/manifest';

const GROWN = [...REGIONS, 'sa-east-1'];

function copies(options: Partial<Copies> = {}): Copies {
  return { found: [], missing: [], malformed: [], failed: [], highestRevision: Math.max(0, ...(options.found ?? []).map((copy) => copy.manifest.revision)), ...options };
}

function copiesOf(...manifests: Manifest[]): Copies {
  return copies({ found: manifests.map((one, index) => ({ region: REGIONS[index], manifest: one })) });
}

function view(changed: Parameters<typeof guardProperties>[0] = {}, options: Partial<GuardView> = {}): GuardView {
  return { wanted: guardPropertiesSchema.parse(guardProperties(changed)), created: false, copies: copiesOf(manifest()), ...options };
}

const dead = { region: 'us-west-2', error: new CallError({ call: 'ssm GetParameter', region: 'us-west-2', code: 'ECONNREFUSED', reason: 'refused' }) };
const garbled = { region: 'us-west-2', problem: 'it is not JSON' };
const newer = { region: 'us-west-2', problem: "'version' is 2, and this release reads up to 1" };

function refusal(of: GuardView): string {
  const decision = decide(of);
  if (decision.action !== 'refuse') throw new Error(`not refused: ${decision.reason}`);
  return decision.reason;
}

describe('passes', () => {
  test('an access point that stays as it is', () => {
    expect(decide(view())).toMatchObject({ action: 'pass', live: { arn: LIVE_ARN }, reason: 'the access point stays as it is' });
  });

  test('a first one, when no Region holds a manifest', () => {
    expect(decide(view({}, { created: true, copies: copies({ missing: REGIONS }) }))).toEqual({ action: 'pass', reason: 'no access point is live under this name' });
  });

  test('a first one, when the Regions that answer hold none', () => {
    expect(decide(view({}, { created: true, copies: copies({ missing: ['us-east-1'], failed: [dead] }) })).action).toBe('pass');
  });

  test('an update without any manifest, when every Region says so', () => {
    expect(decide(view({}, { copies: copies({ missing: REGIONS }) })).action).toBe('pass');
  });

  test('what stays, although one Region is dead or holds an older copy that nobody understands', () => {
    const found = copiesOf(manifest()).found;
    expect(decide(view({}, { copies: copies({ found, failed: [dead] }) })).action).toBe('pass');
    expect(decide(view({}, { copies: copies({ found, malformed: [garbled] }) })).action).toBe('pass');
    expect(decide(view({}, { copies: copies({ found, malformed: [newer], highestRevision: 5 }) })).action).toBe('pass');
  });

  test('the change that was acknowledged, and only that one', () => {
    const changed = { Buckets: buckets(GROWN) };
    const digest = /set 'acknowledgeReplacement' to '([0-9a-f]{16})'$/.exec(refusal(view(changed)))?.[1];

    expect(decide(view({ ...changed, AcknowledgeReplacement: digest }))).toMatchObject({ action: 'pass', live: { arn: LIVE_ARN }, reason: `the replacement ${digest} is acknowledged` });
    expect(decide(view({ Buckets: buckets(['us-east-1', 'us-west-2']), AcknowledgeReplacement: digest })).action).toBe('refuse');
    expect(decide(view({ ...changed, AcknowledgeReplacement: digest }, { copies: copiesOf(manifest({}, NEW_ARN)) })).action).toBe('refuse');
  });
});

describe('compares with', () => {
  test('the copy of the highest revision, wherever it is', () => {
    const before = manifest({ revision: 4 });
    const after = manifest({ revision: 9 }, NEW_ARN);

    expect(decide(view({}, { copies: copiesOf(before, after, before) }))).toMatchObject({ action: 'pass', live: { arn: NEW_ARN } });
  });

  test('the order of neither Regions nor properties', () => {
    const reversed = Object.fromEntries(Object.entries(buckets()).reverse());
    const grown = { ...reversed, 'sa-east-1': 'media-sa' };
    const same = Object.fromEntries(Object.entries(grown).reverse());

    expect(decide(view({ Buckets: reversed })).action).toBe('pass');
    expect(refusal(view({ Buckets: grown })).slice(-18)).toBe(refusal(view({ Buckets: same })).slice(-18));
  });
});

describe('refusals', () => {
  test.each([
    ['a Region comes in', { Buckets: buckets(GROWN) }, "sa-east-1 comes in with 'media-111122223333-sa-east-1-an'"],
    ['a Region leaves', { Buckets: buckets(['us-east-1', 'us-west-2']) }, "eu-west-1 leaves with 'media-111122223333-eu-west-1-an'"],
    ['a bucket is another one', { Buckets: { ...buckets(), 'us-east-1': 'other' } }, "us-east-1 changes from 'media-111122223333-us-east-1-an' to 'other'"],
    [
      'public access changes',
      { PublicAccessBlock: { BlockPublicAcls: 'true', BlockPublicPolicy: 'false', IgnorePublicAcls: 'true', RestrictPublicBuckets: 'true' } },
      "'blockPublicPolicy' changes from true to false",
    ],
  ])('fails when %s, and says what', (_, changed, phrase) => {
    expect(refusal(view(changed))).toContain(phrase);
  });

  test('fails when the access point would be replaced, with consequence, way out and digest', () => {
    expect(refusal(view({ Buckets: buckets(GROWN) }))).toMatch(
      new RegExp(
        "^'Buckets' and 'PublicAccessBlock' of a Multi-Region Access Point cannot change, and here sa-east-1 comes in with '[^']+'; " +
          `AWS would replace it \\(${LIVE_ARN}\\): a new hostname and a new ARN, and every client must move to them, while the old one is kept and serves on; ` +
          "to add a Region without an outage, grow 'regions', keep 'accessPointRegions' at \\[eu-west-1, us-east-1, us-west-2\\], " +
          'add a second access point over all of them and move the clients to it; ' +
          "to go on all the same, set 'acknowledgeReplacement' to '[0-9a-f]{16}'$",
      ),
    );
  });

  test('fails with each change, in the order of the Regions, and nothing of an acknowledgement that is empty', () => {
    const reason = refusal(view({ Buckets: buckets(['sa-east-1', 'us-east-1', 'us-west-2', 'af-south-1']), AcknowledgeReplacement: '' }));
    expect(reason).toContain("here af-south-1 comes in with 'media-111122223333-af-south-1-an', eu-west-1 leaves with 'media-111122223333-eu-west-1-an', sa-east-1 comes in with");
    expect(reason).toMatch(/set 'acknowledgeReplacement' to '[0-9a-f]{16}'$/);
  });

  test('fails with each copy that cannot be read', () => {
    expect(refusal(view({}, { copies: copies({ malformed: [garbled], failed: [{ ...dead, region: 'eu-west-1' }] }) }))).toContain('got us-west-2: it is not JSON; eu-west-1: ssm GetParameter');
  });

  test('fails when another change was acknowledged, and says that', () => {
    expect(refusal(view({ Buckets: buckets(GROWN), AcknowledgeReplacement: '0123456789abcdef' }))).toMatch(/'acknowledgeReplacement' to '[0-9a-f]{16}' \('0123456789abcdef' is for another change\)$/);
  });

  test('fails when a new guard finds a live access point under its name, even one that looks the same', () => {
    const reason = refusal(view({}, { created: true }));

    expect(reason).toMatch(/^'\/s3-failover\/media' must describe one Multi-Region Access Point, and this deployment creates another one under its name; clients of the live one/);
    expect(reason).toMatch(/if arn:aws:s3::111122223333:accesspoint\/mfzwi23gnjvgw.mrap is gone, delete the parameter '\/s3-failover\/media' in its Regions \(eu-west-1, us-east-1, us-west-2\)/);
  });

  test('goes on with a new guard over a live access point when that was acknowledged', () => {
    const digest = /to '([0-9a-f]{16})'$/.exec(refusal(view({}, { created: true })))?.[1];

    expect(decide(view({ AcknowledgeReplacement: digest }, { created: true })).action).toBe('pass');
  });

  test.each([
    ['no Region answers', copies({ failed: [dead] }), true, /must be readable.*us-west-2: ssm GetParameter in us-west-2 got no answer/],
    ['no Region answers an update', copies({ failed: [dead] }), false, /must be readable/],
    ['a guard that was here before finds no manifest and one Region is dead', copies({ missing: ['us-east-1'], failed: [dead] }), false, /must be readable.*us-west-2/],
    ['the only copy is garbled', copies({ missing: ['us-east-1'], malformed: [garbled] }), true, /must be readable.*us-west-2: it is not JSON/],
    ['the only copy is of a newer version', copies({ missing: ['us-east-1'], malformed: [newer] }), false, /us-west-2: 'version' is 2/],
    ['the newest copy is of a newer version', copies({ found: copiesOf(manifest()).found, malformed: [newer], highestRevision: 6 }), false, /deploy again when its newest copy can be read$/],
  ])('fails when %s, naming the Region', (_, given, created, message) => {
    expect(refusal(view({}, { copies: given, created }))).toMatch(message);
  });
});

test('an access point that nobody knows has an ARN that names nothing', () => {
  const place = { partition: 'aws-us-gov', account: '111122223333' };

  expect(liveArn(undefined, place)).toBe('arn:aws-us-gov:s3::111122223333:accesspoint/none.mrap');
  expect(liveArn({ arn: LIVE_ARN }, place)).toBe(LIVE_ARN);
});

test('a change has the name that other versions of this library gave it: an app may still acknowledge it', () => {
  const publicAccessBlock = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
  const shaped = `{"buckets":{"eu-west-1":"b","us-east-1":"a"},"publicAccessBlock":{"blockPublicAcls":true,"blockPublicPolicy":true,"ignorePublicAcls":true,"restrictPublicBuckets":true}}`;
  const shape = { publicAccessBlock, buckets: { 'us-east-1': 'a', 'eu-west-1': 'b' } };
  const text = `{"live":${shaped.replace('{', '{"arn":"arn:x",')},"wanted":${shaped}}`;
  expect(replacementDigest({ arn: 'arn:x', ...shape }, shape)).toBe(createHash('sha256').update(text).digest('hex').slice(0, 16));
});

test('fails without a Region in which a manifest may be', () => {
  expect(guardPropertiesSchema.safeParse({ ...guardProperties(), ManifestRegions: [] }).error?.issues[0].message).toBe('must name at least one Region');
});
