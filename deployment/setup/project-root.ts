import { resolve } from 'node:path';

/** The checkout's root folder, absolute. */
export const projectRoot = resolve(import.meta.dirname, '..', '..');
