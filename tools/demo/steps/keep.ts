import type { LocalCloud } from '../../local-cloud/index.ts';
import { shellCommands } from '../../local-cloud/shell-environment.ts';
import { PRIMARY, SECONDARY } from '../../deploy/regions.ts';

/** How to look around in the cloud that goes on after the demo. */
export const lookAround = (cloud: LocalCloud): string => `
The cloud keeps running, with the solution installed. Look around with the AWS CLI (pip install awscli):

${shellCommands(cloud.endpoint, cloud.credentials, PRIMARY)}
  aws cloudformation describe-stacks --query 'Stacks[].[StackName,StackStatus]' --output table
  aws stepfunctions list-state-machines --query 'stateMachines[].stateMachineArn' --output text
  aws stepfunctions list-executions --state-machine-arn <one of them>
  aws dynamodb list-tables
  aws dynamodb scan --table-name <the table> --max-items 3
  aws s3 ls --recursive s3://<bucket of the stack's outputs> --region ${SECONDARY}

Stop it:

  npm run local-cloud -- stop
`;
