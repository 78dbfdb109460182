/** ARNs of multi-Region keys: one key id, in one account, in several Regions. */

/** arn:<partition>:kms:<Region>:<account>:key/mrk-<hex digits> */
const PARTS = /^(arn:[\w-]+:kms):([\w-]+):(\d+):(key\/mrk-[0-9a-f]+)$/;

/** Region and account of a multi-Region key's ARN; undefined for what is none. */
export function placeOfKey(arn: string): { readonly region: string; readonly account: string } | undefined {
  const [, , region, account] = PARTS.exec(arn) ?? [];
  return region === undefined || account === undefined ? undefined : { region, account };
}

/** The ARN of the same key in another Region. */
export const keyArnIn = (region: string, arn: string): string => arn.replace(PARTS, `$1:${region}:$3:$4`);
