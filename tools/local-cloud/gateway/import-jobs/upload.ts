import { createHash } from 'node:crypto';
import { inMemory } from '../../../simulation/import-jobs/csv.ts';
import { AwsError, errorResponse } from '../aws-error.ts';
import type { AwsRequest, AwsResponse } from '../types.ts';
import type { ImportJobsDeps } from './deps.ts';
import type { ImportJobLedger } from '../../../simulation/import-jobs/ledger.ts';

const badSignature =
  'The request signature we calculated does not match the signature you provided. Check your key and signing method.';

/** Whether a request is the upload of a CSV file to the URL of an import job. */
export function isUpload(request: AwsRequest): boolean {
  return request.url.pathname.startsWith('/aws-cognito-idp-user-import-');
}

/**
 * Takes a CSV file as S3 would: by the exact signed URL, within 15 minutes, with the signed encryption header, of a known
 * length. Which error a missing encryption header gives is not documented; it is signed, so a wrong signature is expected.
 */
export function upload(
  request: AwsRequest,
  ledger: ImportJobLedger,
  deps: Pick<ImportJobsDeps, 'baseUrl'>,
): AwsResponse {
  const job = ledger.byUploadUrl(`${deps.baseUrl()}${request.url.pathname}${request.url.search}`);
  if (job === undefined || request.method !== 'PUT' || request.headers['x-amz-server-side-encryption'] !== 'aws:kms') {
    return errorResponse(request, new AwsError('SignatureDoesNotMatch', badSignature, 403));
  }
  if (ledger.uploadExpired(job))
    return errorResponse(request, new AwsError('AccessDenied', 'Request has expired', 403));
  if (request.headers['transfer-encoding'] !== undefined) {
    return errorResponse(
      request,
      new AwsError('NotImplemented', 'A header you provided implies functionality that is not implemented', 501),
    );
  }
  if (request.headers['content-length'] === undefined)
    return errorResponse(
      request,
      new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', 411),
    );
  // A later upload to the same URL replaces the file, but not for a job that has begun to read it.
  if (job.status === 'Created') job.file = inMemory(request.body);
  const etag = createHash('md5').update(request.body).digest('hex');
  return {
    status: 200,
    headers: { etag: `"${etag}"`, 'x-amz-server-side-encryption': 'aws:kms' },
    body: Buffer.alloc(0),
  };
}
