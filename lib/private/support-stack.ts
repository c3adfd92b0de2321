import { AssetManifestBuilder, type IReusableStackSynthesizer, type IStackSynthesizer, LegacyStackSynthesizer, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { invalid } from './errors';

/** What a support stack is made of. */
export interface SupportStackProps {
  readonly stackName: string;
  readonly region: string;
  readonly description: string;
}

/**
 * Stack of one other Region, in the scope of the home stack: tags, Aspects and permission boundaries reach it there. What
 * belongs to a stack alone is taken over from the home stack.
 */
export class SupportStack extends Stack {
  private readonly home: Stack;

  constructor(scope: Construct, id: string, props: SupportStackProps) {
    const home = topLevel(Stack.of(scope));
    super(scope, id, {
      stackName: props.stackName,
      description: props.description,
      env: { account: home.account, region: props.region },
      synthesizer: synthesizerLike(scope, home),
      tags: home.tags.tagValues(),
    });
    this.home = home;
  }

  /** Read at synthesis, since it may be set on the home stack at any time. */
  public override get terminationProtection(): boolean {
    return this.home.terminationProtection;
  }

  public override set terminationProtection(value: boolean) {
    super.terminationProtection = value;
  }
}

/** The stack that the deployment tool sees. */
export function topLevel(stack: Stack): Stack {
  return stack.nestedStackParent ? topLevel(stack.nestedStackParent) : stack;
}

/** A synthesizer with the same qualifier, roles and buckets, of another stack. */
function synthesizerLike(scope: Construct, home: Stack): IStackSynthesizer {
  const { synthesizer } = home;
  if (!isReusable(synthesizer)) {
    if (synthesizer instanceof LegacyStackSynthesizer) return new LegacyStackSynthesizer();
    throw invalid(scope, `'synthesizer' of the home stack must be one that further stacks can use, got ${synthesizer.constructor.name}, which cannot be bound again; give it reusableBind(), or pass stacks of your own as 'regionalStacks'`);
  }
  // A bound synthesizer refuses a second stack and carries the first one's assets: a copy without both is like new.
  return Object.create(synthesizer, {
    _boundStack: { value: undefined, writable: true },
    assetManifest: { value: new AssetManifestBuilder(), writable: true },
  });
}

function isReusable(synthesizer: IStackSynthesizer): synthesizer is IReusableStackSynthesizer {
  return typeof (synthesizer as Partial<IReusableStackSynthesizer>).reusableBind === 'function';
}
