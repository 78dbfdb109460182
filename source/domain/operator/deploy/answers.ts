/** What `deploy` and `uninstall` remember in a file: the answers, and what belongs to the launch once its stack is gone. */
import * as v from 'valibot';

const text = v.string();
const leftData = v.object({
  /** ARN of the main stack. */
  stackId: text,
  primaryRegion: text,
  secondaryRegion: text,
  table: v.exactOptional(text),
  /** Region to names. */
  buckets: v.record(text, v.array(text)),
  /** Region to names; a deleted stack leaves none, unless a late line brought one back. */
  logGroups: v.record(text, v.array(text)),
});
const launch = v.object({
  account: text,
  /** The primary one. */
  region: text,
  stack: text,
  /** Name of the asset buckets without the Region. */
  bucket: v.exactOptional(text),
  parameters: v.record(text, text),
  tags: v.record(text, text),
  /** Written before the stack is deleted: afterwards nothing tells. */
  left: v.exactOptional(leftData),
});
const schema = v.object({ version: v.literal(1), launches: v.array(launch) });

/** What outlives the stack of a launch. */
export type LeftData = v.InferOutput<typeof leftData>;
/** What is remembered of one launch. */
export type RememberedLaunch = v.InferOutput<typeof launch>;
/** Which launch is meant. */
export type LaunchKey = Pick<RememberedLaunch, 'account' | 'region' | 'stack'>;

/** The launches of the file; undefined when it holds something else. */
export function launchesIn(content: string): readonly RememberedLaunch[] | undefined {
  try {
    const parsed = v.safeParse(schema, JSON.parse(content));
    return parsed.success ? parsed.output.launches : undefined;
  } catch {
    return undefined;
  }
}

const isSame =
  (key: LaunchKey) =>
  (one: LaunchKey): boolean =>
    one.account === key.account && one.region === key.region && one.stack === key.stack;

/** What is remembered of this launch. */
export const rememberedLaunch = (launches: readonly RememberedLaunch[], key: LaunchKey): RememberedLaunch | undefined =>
  launches.find(isSame(key));

/** The file with this launch as it is now; the others stay. */
export const withLaunch = (launches: readonly RememberedLaunch[], changed: RememberedLaunch): string =>
  fileWith([...launches.filter((one) => !isSame(changed)(one)), changed]);

/** The file without this launch. */
export const withoutLaunch = (launches: readonly RememberedLaunch[], key: LaunchKey): string =>
  fileWith(launches.filter((one) => !isSame(key)(one)));

const fileWith = (launches: readonly RememberedLaunch[]): string =>
  `${JSON.stringify({ version: 1, launches }, null, 2)}\n`;
