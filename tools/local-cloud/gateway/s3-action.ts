/** Sub-resources in the query string that make an operation of their own, with its name. */
const SUB_RESOURCES: ReadonlyArray<readonly [string, string]> = [
  ['versioning', 'BucketVersioning'],
  ['lifecycle', 'BucketLifecycleConfiguration'],
  ['policy', 'BucketPolicy'],
  ['encryption', 'BucketEncryption'],
  ['location', 'BucketLocation'],
  ['publicAccessBlock', 'PublicAccessBlock'],
  ['ownershipControls', 'BucketOwnershipControls'],
  ['logging', 'BucketLogging'],
];
const VERBS: Record<string, string> = { GET: 'Get', PUT: 'Put', POST: 'Post', DELETE: 'Delete', HEAD: 'Head' };

/**
 * The S3 operation's name, as far as method, path and query tell it; path style is assumed unless the host names a bucket.
 */
export function s3Action(method: string, url: URL, headers: Record<string, string>): string {
  const verb = VERBS[method] ?? method;
  const query = url.searchParams;
  const segments = url.pathname.split('/').filter((part) => part !== '');
  const hasBucket = /^[^/]+\.s3[.-]/.test(headers['host'] ?? '');
  const isObject = segments.length > (hasBucket ? 0 : 1);
  if (query.has('tagging')) return `${verb}${isObject ? 'Object' : 'Bucket'}Tagging`;
  if (query.has('uploads')) return method === 'POST' ? 'CreateMultipartUpload' : 'ListMultipartUploads';
  if (query.has('uploadId'))
    return (
      { PUT: 'UploadPart', POST: 'CompleteMultipartUpload', DELETE: 'AbortMultipartUpload' }[method] ?? 'ListParts'
    );
  const sub = SUB_RESOURCES.find(([name]) => query.has(name));
  if (sub !== undefined) return `${verb}${sub[1]}`;
  if (isObject) return headers['x-amz-copy-source'] === undefined ? `${verb}Object` : 'CopyObject';
  if (segments.length === 0 && !hasBucket) return 'ListBuckets';
  if (method === 'GET') return query.has('versions') ? 'ListObjectVersions' : 'ListObjectsV2';
  if (method === 'POST' && query.has('delete')) return 'DeleteObjects';
  return { PUT: 'CreateBucket', HEAD: 'HeadBucket', DELETE: 'DeleteBucket' }[method] ?? `${verb}Bucket`;
}
