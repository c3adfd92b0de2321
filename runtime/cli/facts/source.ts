import type { Manifest } from '../../../lib/private/contract';

/** A manifest and where it came from, in words. */
export interface ManifestFound {
  readonly manifest: Manifest;
  readonly from: string;
  /** The SSM parameter that holds it, as far as that is known. */
  readonly parameter?: string;
  /** What the person should know although the manifest was found. */
  readonly remarks: readonly string[];
}

/** The SSM parameter of a manifest; Regions where they are known. */
export interface ParameterAddress {
  readonly name: string;
  readonly regions?: readonly string[];
}
