import type { Routes } from '../estate/estate';

export function onlyActive(routes: Routes, region: string): boolean {
  return Object.entries(routes).every(([one, state]) => (state === 'active') === (one === region)) && routes[region] === 'active';
}

export function describeRoutes(routes: Routes): string {
  return Object.entries(routes).map(([region, state]) => `${region} ${state}`).join(', ');
}
