/**
 * Parameters of a property that expects a mean, a share, or that something is met at all: that holds for nearly every run,
 * not for every one, so its runs are always the same. Properties without such an expectation draw new ones each time.
 */
export const STATISTICAL = { seed: 20_260_301 } as const;
