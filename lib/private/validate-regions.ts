import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { invalid, list } from './errors';
import { isHomeRegion, isMemberRegion, MAX_REGIONS, memberRegions } from './regions';

/** Refuses a list of Regions that an access point, or a mesh of replication, cannot span. */
export function validateRegions(scope: IConstruct, property: string, regions: readonly string[]): void {
  if (Token.isUnresolved(regions) || regions.some((region) => Token.isUnresolved(region))) {
    throw invalid(scope, `'${property}' must be plain strings, got a token; Regions must be known at synthesis, so write them out`);
  }
  const different = new Set(regions);
  if (different.size < 2) {
    throw invalid(scope, `'${property}' needs at least 2 different Regions, got ${list(regions)}; add the Region that should hold the second copy`);
  }
  const twice = regions.find((region, index) => regions.indexOf(region) !== index);
  if (twice !== undefined) {
    throw invalid(scope, `'${property}' may name a Region once, got '${twice}' twice; an access point has one bucket in each Region, so remove one`);
  }
  if (different.size > MAX_REGIONS) {
    throw invalid(scope, `'${property}' may name ${MAX_REGIONS} Regions, as an access point spans no more, got ${different.size}; remove ${different.size - MAX_REGIONS}`);
  }
  const unfit = regions.find((region) => !isMemberRegion(region));
  if (unfit !== undefined) {
    throw invalid(scope, `'${property}' may not name '${unfit}', where no bucket can belong to a Multi-Region Access Point; choose from ${list(memberRegions())}`);
  }
}

/** Refuses a stack whose Region is not known, or where CloudFormation knows no access points. */
export function validateHomeRegion(scope: IConstruct): void {
  const { region } = Stack.of(scope);
  if (Token.isUnresolved(region)) {
    throw invalid(scope, `'env.region' of the stack must be known at synthesis, got a token; set it, as in env: { region: 'us-east-1' }`);
  }
  if (!isHomeRegion(region)) {
    throw invalid(scope, `'env.region' of the stack must be a Region where CloudFormation knows Multi-Region Access Points, got '${region}'; choose from ${list(memberRegions())}`);
  }
}
