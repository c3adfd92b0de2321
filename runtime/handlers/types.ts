import type { CdkCustomResourceEvent } from 'aws-lambda';
import type { Clock, Instant, Log, Random } from '../core/ports';

/**
 * What CloudFormation sends, as `cr.Provider` passes it on.
 *
 * Property values are text, or lists and maps of text, whatever their type in the template; each handler parses its own.
 */
export type CustomResourceEvent = CdkCustomResourceEvent<UnparsedProperties>;

export interface UnparsedProperties {
  readonly ServiceToken?: string;
  readonly [name: string]: unknown;
}

/** What a handler answers with; to fail, it throws an Error whose message is the reason that the user reads. */
export interface HandlerResult {
  readonly PhysicalResourceId: string;
  /** Attributes for `Fn::GetAtt`. */
  readonly Data: { readonly [attribute: string]: string };
}

/** What every handler is handed besides its event. */
export interface HandlerDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** When the handler must have answered; ahead of the function's time-out, so that the answer is ours. */
  readonly deadline: Instant;
}
