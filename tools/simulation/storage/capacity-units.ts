/** Write units of one item: one per started kilobyte. */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024));
/** Read units of so many bytes read at once, strongly consistent: one per started 4 KB; half of it otherwise. */
export const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4096));
