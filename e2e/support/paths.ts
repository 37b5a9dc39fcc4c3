// Where things lie that outlive one journey.
import { fileURLToPath } from 'node:url';

const here = (name: string) => fileURLToPath(new URL(`../artifacts/${name}`, import.meta.url));

/** The cookies of somebody who is signed in. */
export const stateOf = (role: string) => here(`session-${role}.json`);

/** The operator's, whom most journeys are about. */
export const STATE = stateOf('operator');

/** Screenshots that are kept. */
export const SCREENS = here('screens');
