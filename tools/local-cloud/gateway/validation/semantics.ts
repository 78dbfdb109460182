import { AwsError } from '../aws-error.ts';
import type { AwsRequest } from '../types.ts';

export function semanticProblem(_request: AwsRequest): AwsError | undefined {
  return undefined;
}
