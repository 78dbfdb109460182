/** The body of the answer to CloudFormation: at most 4,096 bytes, whatever the reason says. */
import { withoutPersonalData } from '../../adapters/log.ts';
import type { ResourceAttributes, CustomResourceEvent } from './types.ts';

/** Limit of the whole body (CloudFormation User Guide, custom resource response objects). */
export const MAX_ANSWER_BYTES = 4096;

/** How a request ended, as CloudFormation is told. */
export interface ResourceAnswer {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly physicalId: string;
  readonly reason: string;
  readonly attributes: ResourceAttributes;
}

const ELLIPSIS = '...';
const URL_QUERY = /(https?:\/\/[^\s?"']+)\?[^\s"']+/g;

/** A reason, which others may have written, without personal data and without the secrets of presigned URLs. */
export const shownReason = (reason: string): string => withoutPersonalData(reason.replace(URL_QUERY, '$1?[redacted]'));

/** The JSON to PUT. A reason that does not fit is cut; attributes that do not fit turn the answer into a failure. */
export function answerBody(event: CustomResourceEvent, answer: ResourceAnswer): string {
  const body = (status: string, reason: string, attributes: ResourceAttributes): string =>
    JSON.stringify({
      Status: status,
      ...(reason === '' ? {} : { Reason: reason }),
      PhysicalResourceId: answer.physicalId,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
      Data: attributes,
    });
  const fits = (text: string): boolean => Buffer.byteLength(text) <= MAX_ANSWER_BYTES;

  if (answer.status === 'SUCCESS') {
    const whole = body('SUCCESS', '', answer.attributes);
    if (fits(whole)) return whole;
    return body(
      'FAILED',
      `The attributes of ${event.LogicalResourceId} do not fit into the ${MAX_ANSWER_BYTES} bytes that CloudFormation accepts.`,
      {},
    );
  }
  return longestThatFits(shownReason(answer.reason), (reason) => body('FAILED', reason, {}), fits);
}

function longestThatFits(reason: string, body: (reason: string) => string, fits: (text: string) => boolean): string {
  const whole = body(reason);
  if (fits(whole)) return whole;
  const characters = Array.from(reason); // by code point: no half of a surrogate pair at the end
  let low = 0;
  let high = characters.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(body(characters.slice(0, middle).join('') + ELLIPSIS))) low = middle;
    else high = middle - 1;
  }
  return body(characters.slice(0, low).join('') + ELLIPSIS);
}
