import { PASSIVE, type Routes } from '../../../routes/routes';

/**
 * Routes that no access point can have: of a Region that is none. Whoever may submit is told that the request is wrong (400), and
 * whoever may not that it is forbidden (403); nothing is changed either way. Regions that a submit does not name keep their
 * state (API reference, SubmitMultiRegionAccessPointRoutes), so that even a service that took it would have moved no traffic.
 */
export const IMPOSSIBLE_ROUTES: Routes = [{ region: 'none-of-its-members', dial: PASSIVE }];
