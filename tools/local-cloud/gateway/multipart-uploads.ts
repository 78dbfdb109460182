import { AwsError, errorResponse } from './aws-error.ts';
import type { AwsRequest, Interceptor } from './types.ts';
import { elements, elementText } from './xml.ts';

const ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
const ENDS = new Set(['CompleteMultipartUpload', 'AbortMultipartUpload']);
/** Of every part but the last. */
const LEAST_PART_BYTES = 5 * 1024 * 1024;
type Algorithm = (typeof ALGORITHMS)[number];

interface MultipartUpload {
  /** What CreateMultipartUpload named. */
  readonly algorithm: Algorithm | undefined;
  /** By their number. */
  readonly parts: Map<string, UploadedPart>;
}
interface UploadedPart {
  readonly bytes: number;
  /** Absent where none was sent, or it came behind the body. */
  readonly checksum: string | undefined;
}

/**
 * Refuses what S3 refuses of multipart uploads and MiniStack takes: parts that come with other checksums than the upload was
 * created for, or without; completions that do not name the parts' checksums, name parts in another order, or of which
 * another part than the last is too small. An upload that is not known is MiniStack's to refuse.
 */
export function multipartUploads(): Interceptor {
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
    if (request.action === 'UploadPart')
      upload?.parts.set(request.url.searchParams.get('partNumber') ?? '', {
        bytes: Number(request.headers['x-amz-decoded-content-length'] ?? request.body.length),
        checksum: checksumOf(request)?.value,
      });
    if (ENDS.has(request.action)) uploads.delete(uploadId);
    return response;
  };
}

function refusalOf(request: AwsRequest, upload: MultipartUpload): AwsError | undefined {
  if (request.action === 'UploadPart') return refusalOfPart(request, upload);
  if (request.action !== 'CompleteMultipartUpload') return undefined;
  const named = elements(request.body.toString('utf8'), 'Part').map((part) => ({
    number: elementText(part, 'PartNumber') ?? '',
    checksum: elementText(part, `Checksum${upload.algorithm ?? ''}`),
  }));
  return refusalOfOrder(named, upload) ?? refusalOfChecksums(named, upload) ?? refusalOfSizes(named, upload);
}

function refusalOfPart(request: AwsRequest, { algorithm }: MultipartUpload): AwsError | undefined {
  const actual = checksumOf(request)?.algorithm;
  return actual === algorithm
    ? undefined
    : new AwsError(
        'InvalidRequest',
        `Checksum Type mismatch occurred, expected checksum Type: ${nameOf(algorithm)}, actual checksum Type: ${nameOf(actual)}`,
      );
}
const nameOf = (algorithm: Algorithm | undefined): string => (algorithm ?? 'null').toLowerCase();

interface NamedPart {
  readonly number: string;
  readonly checksum: string | undefined;
}

/** Ascending; with checksums also without a gap, from 1 on. */
function refusalOfOrder(named: readonly NamedPart[], { algorithm }: MultipartUpload): AwsError | undefined {
  if (named.length === 0)
    return new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  const numbers = named.map(({ number }) => Number(number));
  const inOrder = numbers.every((number, index) =>
    algorithm === undefined ? index === 0 || number > (numbers[index - 1] as number) : number === index + 1,
  );
  return inOrder
    ? undefined
    : new AwsError(
        'InvalidPartOrder',
        'The list of parts was not in ascending order. Parts must be ordered by part number.',
      );
}

function refusalOfChecksums(named: readonly NamedPart[], { algorithm, parts }: MultipartUpload): AwsError | undefined {
  if (algorithm === undefined) return undefined;
  for (const { number, checksum } of named) {
    if (checksum === undefined)
      return new AwsError(
        'InvalidRequest',
        `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      );
    const sent = parts.get(number)?.checksum;
    if (sent !== undefined && sent !== checksum)
      return new AwsError(
        'InvalidPart',
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      );
  }
  return undefined;
}

function refusalOfSizes(named: readonly NamedPart[], { parts }: MultipartUpload): AwsError | undefined {
  const isSmall = ({ number }: NamedPart): boolean => (parts.get(number)?.bytes ?? Infinity) < LEAST_PART_BYTES;
  return named.slice(0, -1).some(isSmall)
    ? new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size')
    : undefined;
}

/** The checksum of a request's body: a header, or a trailer that the headers announce. */
function checksumOf({
  headers,
}: AwsRequest): { readonly algorithm: Algorithm; readonly value: string | undefined } | undefined {
  const algorithm = ALGORITHMS.find((name) => {
    const header = `x-amz-checksum-${name.toLowerCase()}`;
    return headers[header] !== undefined || headers['x-amz-trailer'] === header;
  });
  return algorithm && { algorithm, value: headers[`x-amz-checksum-${algorithm.toLowerCase()}`] };
}
