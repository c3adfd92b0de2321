/** A member bucket and whether it takes traffic (100) or not (0). */
export interface Route {
  readonly bucket: string;
  readonly region: string;
  readonly dial: number;
}

const ROUTE = /<Route>(.*?)<\/Route>/gs;

/** What GetMultiRegionAccessPointRoutes answers. */
export function readRoutes(document: string): Route[] {
  return [...document.matchAll(ROUTE)].map(([, route]) => ({
    bucket: element(route, 'Bucket'),
    region: element(route, 'Region'),
    dial: Number(element(route, 'TrafficDialPercentage')),
  }));
}

/** The same document with other dials. */
export function withDials(document: string, routes: readonly Route[]): string {
  return document.replace(ROUTE, (route) => {
    const other = routes.find(({ bucket }) => bucket === element(route, 'Bucket'));
    return other ? route.replace(/(<TrafficDialPercentage>)[^<]*/, `$1${other.dial}`) : route;
  });
}

function element(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
}
