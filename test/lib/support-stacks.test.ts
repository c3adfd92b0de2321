import {
  App, Aspects, BootstraplessSynthesizer, CfnResource, CliCredentialsStackSynthesizer, DefaultStackSynthesizer, type IAspect, type ISynthesisSession,
  LegacyStackSynthesizer, NestedStack, PermissionsBoundary, Stack, StackSynthesizer, Tags,
} from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { artifact, homeStack, mediaBucket, only, synth, template } from './support';

const OTHERS = ['media-us-west-2', 'media-eu-west-1'];

function tagsOf(stack: Stack, stackName: string): { [key: string]: string } {
  const tags = only(template(stack, stackName), 'AWS::S3::Bucket').Properties.Tags ?? [];
  return Object.fromEntries(tags.map(({ Key, Value }: { Key: string; Value: string }) => [Key, Value]));
}

describe.each(OTHERS)('%s takes over from the home stack', (other) => {
  test('tags that are added to it', () => {
    const stack = homeStack();
    mediaBucket(stack);
    Tags.of(stack).add('team', 'media');

    expect(tagsOf(stack, other)).toEqual({ team: 'media' });
  });

  test('tags that it was made with', () => {
    const stack = homeStack({ tags: { cost: '42' } });
    mediaBucket(stack);

    expect(artifact(stack, other).tags).toEqual({ cost: '42' });
  });

  test('tags of the construct itself', () => {
    const stack = homeStack();
    Tags.of(mediaBucket(stack)).add('data', 'yes');

    expect(tagsOf(stack, other)).toEqual({ data: 'yes' });
  });

  test('Aspects', () => {
    const stack = homeStack();
    mediaBucket(stack);
    const mark: IAspect = { visit: (node: IConstruct) => { if (CfnResource.isCfnResource(node)) node.addMetadata('seen', true); } };
    Aspects.of(stack).add(mark);

    expect(template(stack, other).toJSON().Resources).toEqual(expect.objectContaining({ S3FailoverBucketB95E21E7: expect.objectContaining({ Metadata: expect.objectContaining({ seen: true }) }) }));
  });

  test.each(['by the stack', 'by an Aspect'])('the permission boundary that is set %s', (way) => {
    const boundary = 'arn:aws:iam::111122223333:policy/Boundary';
    const stack = homeStack(way === 'by the stack' ? { permissionsBoundary: PermissionsBoundary.fromArn(boundary) } : {});
    const media = mediaBucket(stack);
    if (way === 'by an Aspect') iam.PermissionsBoundary.of(stack).apply(iam.ManagedPolicy.fromManagedPolicyArn(stack, 'Boundary', boundary));
    for (const region of media.regions) new iam.Role(Stack.of(media.bucket(region)), 'Mine', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });

    expect(only(template(stack, other), 'AWS::IAM::Role').Properties.PermissionsBoundary).toBe(boundary);
    template(stack).allResourcesProperties('AWS::IAM::Role', { PermissionsBoundary: boundary });
  });

  test.each([true, false])('termination protection, set to %s at any time', (value) => {
    const stack = homeStack({ terminationProtection: !value });
    mediaBucket(stack);
    stack.terminationProtection = value;

    expect(artifact(stack, other).terminationProtection ?? false).toBe(value);
  });

  test('the qualifier of its synthesizer', () => {
    const stack = homeStack({ env: { region: 'us-east-1', account: '111122223333' }, synthesizer: new DefaultStackSynthesizer({ qualifier: 'q1', deployRoleArn: 'arn:aws:iam::111122223333:role/deploy-${AWS::Region}' }) });
    mediaBucket(stack);

    const { assumeRoleArn, stackTemplateAssetObjectUrl } = artifact(stack, other);
    expect(assumeRoleArn).toBe(`arn:aws:iam::111122223333:role/deploy-${other.slice('media-'.length)}`);
    expect(stackTemplateAssetObjectUrl).toContain(`cdk-q1-assets-111122223333-${other.slice('media-'.length)}/`);
  });

  test('the qualifier of the app\'s synthesizer', () => {
    const stack = homeStack({}, new App({ defaultStackSynthesizer: new DefaultStackSynthesizer({ qualifier: 'q2' }) }));
    mediaBucket(stack);

    expect(artifact(stack, other).stackTemplateAssetObjectUrl).toContain('cdk-q2-assets-');
  });

  test('the qualifier from the context', () => {
    const stack = homeStack({}, new App({ context: { '@aws-cdk/core:bootstrapQualifier': 'q3' } }));
    mediaBucket(stack);

    expect(artifact(stack, other).stackTemplateAssetObjectUrl).toContain('cdk-q3-assets-');
  });

  test('synthesizers without roles', () => {
    const stack = homeStack({ synthesizer: new CliCredentialsStackSynthesizer({ fileAssetsBucketName: 'mine-${AWS::Region}' }) });
    mediaBucket(stack);

    expect(artifact(stack, other).assumeRoleArn).toBeUndefined();
    expect(artifact(stack, other).stackTemplateAssetObjectUrl).toContain('s3://mine-');
  });

  test('a synthesizer without bootstrapping', () => {
    const stack = homeStack({ synthesizer: new LegacyStackSynthesizer() });
    mediaBucket(stack);

    expect(template(stack, other).toJSON().Parameters?.BootstrapVersion).toBeUndefined();
    expect(new BootstraplessSynthesizer()).toHaveProperty('reusableBind');
  });

  test('a synthesizer of the user\'s own', () => {
    class Custom extends DefaultStackSynthesizer {
      public constructor(private readonly marker: string) { super(); }

      public override synthesize(session: ISynthesisSession): void {
        this.boundStack.templateOptions.metadata = { marker: `${this.marker} ${this.boundStack.region}` };
        super.synthesize(session);
      }
    }
    const stack = homeStack({ synthesizer: new Custom('mine') });
    mediaBucket(stack);

    expect(template(stack, other).toJSON().Metadata).toEqual({ marker: `mine ${other.slice('media-'.length)}` });
  });

  test('none of its assets: only its template is published', () => {
    const stack = homeStack({ synthesizer: new DefaultStackSynthesizer() });
    mediaBucket(stack);

    const manifests = artifact(stack, other).dependencies.filter(({ id }) => id.endsWith('.assets')) as unknown as { contents: { files: object } }[];
    expect(manifests.map(({ contents }) => Object.keys(contents.files).length)).toEqual([1]);
  });
});

test('fails when the home stack has a synthesizer that no second stack can use', () => {
  class Single extends StackSynthesizer {
    public override synthesize(session: ISynthesisSession): void { this.emitArtifact(session); }

    public override addFileAsset(): never { throw new Error('not called'); }

    public override addDockerImageAsset(): never { throw new Error('not called'); }
  }
  const stack = homeStack({ synthesizer: new Single() });

  expect(() => mediaBucket(stack)).toThrow(/Media\/Bucket: 'synthesizer' of the home stack must be one that further stacks can use, got Single, .*; .* 'regionalStacks'/);
});

test('a construct in a nested stack gets support stacks beside the top-level stack', () => {
  const stack = homeStack();
  mediaBucket(new NestedStack(stack, 'Nested') as unknown as Stack);

  const assembly = synth(stack);
  expect(assembly.stacks.map(({ stackName }) => stackName).sort()).toEqual(['Media', 'media-eu-west-1', 'media-us-west-2']);
  expect(artifact(stack, 'Media').dependencies.filter(({ manifest }) => manifest.type === 'aws:cloudformation:stack')).toHaveLength(2);
});
