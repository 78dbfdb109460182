/** The primary and the backup Region of every launch of the tools. */
export const PRIMARY = 'us-east-1';
export const SECONDARY = 'eu-west-1';
export type Region = typeof PRIMARY | typeof SECONDARY;
