/** What an AWS SDK client of a Region is made with: endpoint and credentials of the local cloud. */
export type ClientConfigOf = (region: string) => {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly forcePathStyle: true;
};
