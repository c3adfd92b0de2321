/** A bucket and where it lies. */
export interface Place {
  readonly region: string;
  readonly bucket: string;
}

/** Replication one way. */
export interface Direction {
  readonly source: Place;
  readonly destination: Place;
}

export function describeDirection({ source, destination }: Direction): string {
  return `${source.region} to ${destination.region}`;
}
