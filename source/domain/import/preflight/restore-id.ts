import type { Random } from '../../ports.ts';

/** `<yyyymmddThhmmssZ>-<8 hex>`: sorts by time, and two made in the same second differ. */
export function newRestoreId(now: number, random: Random): string {
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const suffix = Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
  return `${time}-${suffix}`;
}
