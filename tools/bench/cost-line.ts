import type { CostLine } from './results.ts';

/** A number with its unit; an empty unit is none. */
export type Factor = readonly [value: number, unit: string];

/** One line of the bill: the product of the factors, and how it reads. */
export const line = (service: string, ...factors: readonly Factor[]): CostLine => ({
  service,
  arithmetic: factors.map(([value, unit]) => `${plain(value)}${unit === '' ? '' : ` ${unit}`}`).join(' x '),
  dollars: factors.reduce((product, [value]) => product * value, 1),
});

const plain = (value: number): string =>
  value >= 100
    ? Math.round(value).toLocaleString('en-US')
    : value >= 0.001
      ? String(Math.round(value * 10_000) / 10_000)
      : value.toExponential(3);
