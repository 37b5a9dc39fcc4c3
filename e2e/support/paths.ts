// Where things lie that outlive one journey.
import { fileURLToPath } from 'node:url';

const here = (name: string) => fileURLToPath(new URL(`../artifacts/${name}`, import.meta.url));

/** The signed-in browser's cookies. */
export const STATE = here('session.json');

/** Screenshots that are kept. */
export const SCREENS = here('screens');
