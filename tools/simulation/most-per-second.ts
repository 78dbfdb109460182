/** Most of these moments (milliseconds, ascending) within any sliding second. */
export function mostPerSecond(times: ArrayLike<number>): number {
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last += 1) {
    while ((times[last] as number) - (times[first] as number) >= 1000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
