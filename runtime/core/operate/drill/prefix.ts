import { RESERVED_PREFIX } from '../../routes/served';

/** Fenced like any client's key, so that the drill meets what an application meets. */
export const DRILL_PREFIX = `${RESERVED_PREFIX}drill/`;
