/** An axis: where a value lies on it, in the units of the picture, and the values that are marked. */
export interface Axis {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}
export interface AxisOptions {
  /** By powers of ten; else it begins at 0. */
  readonly logarithmic: boolean;
  readonly from: number;
  readonly to: number;
  /** Ticks beyond the largest value. */
  readonly more?: number;
}

const NICE = [1, 2, 2.5, 5, 10];

/** An axis on which all of these values lie. */
export function axis(values: readonly number[], { logarithmic, from, to, more = 0 }: AxisOptions): Axis {
  if (logarithmic) {
    const low = Math.floor(Math.log10(Math.min(...values)));
    const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values)))) + more;
    return {
      at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
      ticks: Array.from({ length: high - low + 1 }, (_, step) => 10 ** (low + step)),
    };
  }
  const most = Math.max(1, ...values);
  const power = 10 ** Math.floor(Math.log10(most / 5));
  const step = (NICE.find((nice) => nice * power * 5 >= most) ?? 10) * power;
  const count = Math.ceil(most / step) + more;
  return {
    at: (value) => from + (value / (count * step)) * (to - from),
    ticks: Array.from({ length: count + 1 }, (_, index) => index * step),
  };
}
