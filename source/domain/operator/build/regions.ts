/** Regions that need no opt-in, in the order of the conditions in the main template (a test compares them). */
export const REGIONS = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'ca-central-1',
  'sa-east-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'eu-central-1',
  'eu-north-1',
  'ap-south-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-southeast-1',
  'ap-southeast-2',
  'us-gov-east-1',
  'us-gov-west-1',
  'cn-north-1',
  'cn-northwest-1',
] as const;

/** Hosts that differ by partition: where the console of a Region is, and the domain of its services. */
export function hostsOf(region: string): { readonly console: string; readonly domain: string } {
  if (region.startsWith('cn-')) return { console: `${region}.console.amazonaws.cn`, domain: 'amazonaws.com.cn' };
  if (region.startsWith('us-gov-'))
    return { console: `${region}.console.amazonaws-us-gov.com`, domain: 'amazonaws.com' };
  return { console: `${region}.console.aws.amazon.com`, domain: 'amazonaws.com' };
}
