/** Whether two lists name the same Regions. */
export function sameRegions(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((region) => other.includes(region));
}
