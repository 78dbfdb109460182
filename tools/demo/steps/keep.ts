import type { LocalCloud } from '../../local-cloud/index.ts';
import { shellCommands } from '../../local-cloud/shell-environment.ts';
import { PRIMARY, SECONDARY } from '../../deploy/regions.ts';

/** How to look around in the cloud that goes on after the demo; every command is run by test/local/printed-commands.spec.ts. */
export const lookAround = (cloud: Pick<LocalCloud, 'endpoint' | 'credentials'>, stackName: string): string => `
The cloud keeps running, with the solution installed. Look around with the AWS CLI (pip install awscli), in bash or zsh.
First point it at this cloud:

${shellCommands(cloud.endpoint, cloud.credentials, PRIMARY)}
  output() { aws cloudformation describe-stacks --region ${PRIMARY} --stack-name ${stackName} --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text; }

What the launch made:

  aws cloudformation describe-stacks --stack-name ${stackName} --query 'Stacks[0].Outputs[].[OutputKey,OutputValue]' --output table

Start a verification of the backup, and see how it goes (the second command again, until it no longer says RUNNING); the
restores of the backup Region. (An export would end as UserPoolNotFound: the demo has deleted the pool.)

  EXECUTION=$(aws stepfunctions start-execution --state-machine-arn $(output SecondaryVerifyWorkflowArn) --region ${SECONDARY} --input '{}' --query executionArn --output text)
  aws stepfunctions describe-execution --execution-arn $EXECUTION --region ${SECONDARY} --query '[status,error,cause]' --output text
  aws stepfunctions list-executions --state-machine-arn $(output SecondaryImportWorkflowArn) --region ${SECONDARY} --query 'executions[].[name,status]' --output table

The last sealed run and its counts; a user with all groups (docs/data-format.md describes every item):

  RUN=$(aws dynamodb get-item --table-name $(output BackupTableName) --key '{"id": {"S": "EXPORT#LATEST"}, "type": {"S": "POINTER"}}' --query Item.runId.S --output text)
  aws dynamodb get-item --table-name $(output BackupTableName) --key "{\\"id\\": {\\"S\\": \\"EXPORT#$RUN\\"}, \\"type\\": {\\"S\\": \\"MANIFEST\\"}}" --projection-expression 'counts, added, changed, deleted, startedAt, endedAt'
  ID=$(aws dynamodb scan --table-name $(output BackupTableName) --filter-expression 'begins_with(#t, :member)' --expression-attribute-names '{"#t": "type"}' --expression-attribute-values '{":member": {"S": "MEMBER_OF#"}}' --query 'Items[0].id.S' --output text | head -1)
  aws dynamodb query --table-name $(output BackupTableName) --key-condition-expression 'id = :id' --expression-attribute-values "{\\":id\\": {\\"S\\": \\"$ID\\"}}"

The reports of the restore:

  KEY=$(aws s3api list-objects-v2 --bucket $(output SecondaryBucketName) --prefix restores/ --region ${SECONDARY} --query "Contents[?ends_with(Key, '/report/failures.csv')] | [0].Key" --output text)
  aws s3 cp s3://$(output SecondaryBucketName)/$KEY - --region ${SECONDARY}

The messages that the topics sent:

  curl -sS --noproxy '*' $AWS_ENDPOINT_URL/_local/messages

Stop it:

  npm run local-cloud -- stop
`;
