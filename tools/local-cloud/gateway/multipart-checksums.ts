import { AwsError, errorResponse } from './aws-error.ts';
import type { AwsRequest, Interceptor } from './types.ts';
import { elements, elementText } from './xml.ts';

const ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
const ENDS = new Set(['CompleteMultipartUpload', 'AbortMultipartUpload']);
type Algorithm = (typeof ALGORITHMS)[number];

interface MultipartUpload {
  /** What CreateMultipartUpload named. */
  readonly algorithm: Algorithm | undefined;
  /** The checksums with which the parts came. */
  readonly parts: Map<string, PartChecksum>;
}
interface PartChecksum {
  readonly algorithm: Algorithm;
  /** Absent where it came behind the body. */
  readonly value: string | undefined;
}

/**
 * Refuses multipart uploads whose parts come with other checksums than the upload was created for, and completions that
 * do not name the parts' checksums, as S3 does: MiniStack takes both.
 */
export function multipartChecksums(): Interceptor {
  const uploads = new Map<string, MultipartUpload>();
  return async (request, next) => {
    if (request.service !== 's3') return next(request);
    const uploadId = request.url.searchParams.get('uploadId') ?? '';
    const upload = uploads.get(uploadId);
    const refused = upload === undefined ? undefined : refusalOf(request, upload);
    if (refused !== undefined) return errorResponse(request, refused);
    const response = await next(request);
    if (response.status >= 300) return response;
    if (request.action === 'CreateMultipartUpload')
      uploads.set(elementText(response.body.toString('utf8'), 'UploadId') ?? '', {
        algorithm: ALGORITHMS.find((name) => name === request.headers['x-amz-checksum-algorithm']),
        parts: new Map(),
      });
    if (request.action === 'UploadPart') keepPart(request, upload);
    if (ENDS.has(request.action)) uploads.delete(uploadId);
    return response;
  };
}

function refusalOf(request: AwsRequest, { algorithm, parts }: MultipartUpload): AwsError | undefined {
  if (request.action === 'UploadPart') {
    const actual = checksumOf(request)?.algorithm ?? algorithm;
    return algorithm === undefined || actual === algorithm
      ? undefined
      : new AwsError(
          'InvalidRequest',
          `Checksum Type mismatch occurred, expected checksum Type: ${algorithm.toLowerCase()}, actual checksum Type: ${(actual ?? 'null').toLowerCase()}`,
        );
  }
  if (request.action !== 'CompleteMultipartUpload') return undefined;
  for (const part of elements(request.body.toString('utf8'), 'Part')) {
    const number = elementText(part, 'PartNumber') ?? '';
    const sent = parts.get(number);
    const named = elementText(part, `Checksum${sent?.algorithm ?? algorithm ?? ''}`);
    if (algorithm !== undefined && named === undefined)
      return new AwsError(
        'InvalidRequest',
        `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      );
    if (sent !== undefined && (named === undefined || (sent.value !== undefined && sent.value !== named)))
      return new AwsError(
        'InvalidPart',
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      );
  }
  return undefined;
}

function keepPart(request: AwsRequest, upload: MultipartUpload | undefined): void {
  const number = request.url.searchParams.get('partNumber') ?? '';
  const checksum = checksumOf(request);
  if (checksum === undefined) upload?.parts.delete(number);
  else upload?.parts.set(number, checksum);
}

/** The checksum of a request's body: a header, or a trailer that the headers announce. */
function checksumOf({ headers }: AwsRequest): PartChecksum | undefined {
  const algorithm = ALGORITHMS.find((name) => {
    const header = `x-amz-checksum-${name.toLowerCase()}`;
    return headers[header] !== undefined || headers['x-amz-trailer'] === header;
  });
  return algorithm && { algorithm, value: headers[`x-amz-checksum-${algorithm.toLowerCase()}`] };
}
