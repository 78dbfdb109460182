import { CreatePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { counted } from '../../../source/domain/counted.ts';
import { rolesOf } from '../../../source/domain/operator/permissions/roles.ts';
import { createCustomerKey } from '../../deploy/customer-key.ts';
import { PRIMARY, SECONDARY } from '../../deploy/regions.ts';
import { parametersFor, projectRoot, stackOperation } from '../../deploy/solution.ts';
import type { LaunchedSolution, SolutionParameters } from '../../deploy/solution.ts';
import { createStack } from '../../deploy/stack.ts';
import { readTemplates } from '../../least-privilege/policies/template.ts';
import { DemoFailure } from '../context.ts';
import type { Demo } from '../context.ts';
import { boundaryFor } from '../organization/boundary.ts';
import { boundariesOf, keysIn } from '../organization/encrypted.ts';

const TAGS = { CostCenter: '4711', DataClass: 'personal' };
/** What a launch in an organization is given beside the pool. */
export type OrganizationParameters = Required<Pick<SolutionParameters, 'KmsKeyArn' | 'PermissionsBoundaryArn'>>;

/** Makes key and boundary, and lets the cloud demand them: roles only with the boundary, whatever takes tags only with the tags. */
export async function organizationRules(
  demo: Demo,
): Promise<{ readonly demo: Demo; readonly parameters: OrganizationParameters }> {
  const { cloud, narrator } = demo;
  narrator.step('An organization with rules: a key of its own, a permissions boundary, tags');
  const solution = { ...demo.solution, tags: TAGS };
  const KmsKeyArn = await createCustomerKey(solution, cloud.account);
  narrator.say(`${KmsKeyArn}\nand its replica in ${SECONDARY}, both with the key policy of docs/security.md`);
  const { main, stackSet } = readTemplates(projectRoot);
  const boundary = boundaryFor([main, stackSet].flatMap(rolesOf), [PRIMARY, SECONDARY]);
  const { Policy } = await new IAMClient(cloud.clientConfig(PRIMARY)).send(
    new CreatePolicyCommand({ PolicyName: 'WorkloadBoundary', PolicyDocument: JSON.stringify(boundary) }),
  );
  const PermissionsBoundaryArn = Policy?.Arn ?? '';
  narrator.say(`${PermissionsBoundaryArn}: what the roles are granted, in these two Regions, and nothing else`);
  await cloud.configure({ requiredTags: Object.keys(TAGS), requiredBoundary: PermissionsBoundaryArn });
  await refuseWithoutTags(demo);
  narrator.done(`explicit deny without the tags ${Object.keys(TAGS).join(', ')} or the boundary`);
  return { demo: { ...demo, solution }, parameters: { KmsKeyArn, PermissionsBoundaryArn } };
}

/** A rule that nothing enforces would make everything after it worthless. */
async function refuseWithoutTags({ narrator, solution }: Demo): Promise<void> {
  try {
    await createStack(stackOperation(solution, parametersFor('us-east-1_000000000')));
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('explicit deny')) throw error;
    narrator.say(`A launch without tags: ${error.message}`);
    return;
  }
  throw new DemoFailure('The organization let a launch without the required tags pass.');
}

/** Everything that the launch made must have the key of its Region, and every role the boundary. */
export async function checkRules(
  { cloud, narrator }: Demo,
  { tableName, bucket, topic }: LaunchedSolution,
  { KmsKeyArn, PermissionsBoundaryArn }: OrganizationParameters,
): Promise<void> {
  narrator.step('Does everything have the key and the boundary?');
  const keyId = KmsKeyArn.split('/').at(-1) ?? '';
  const wrong: string[] = [];
  for (const region of [PRIMARY, SECONDARY] as const) {
    const found = await keysIn(cloud.clientConfig, region, {
      table: tableName,
      bucket: bucket[region],
      topic: topic[region],
    });
    // By its ARN of that Region, or by its id.
    wrong.push(
      ...found
        .filter(({ by }) => by !== keyId && by !== KmsKeyArn.replace(PRIMARY, region))
        .map(({ what, by }) => `${region}, ${what}: encrypted by ${by ?? 'a key of AWS'}`),
    );
    narrator.say(`${region}: table, bucket, topic, queues and log groups, ${found.length} in all`);
  }
  const roles = await boundariesOf(cloud.clientConfig, PRIMARY);
  wrong.push(
    ...roles
      .filter(({ by }) => by !== PermissionsBoundaryArn)
      .map(({ what, by }) => `${what}: boundary ${by ?? 'missing'}`),
  );
  if (wrong.length > 0) throw new DemoFailure(`Not by the organization's rules:\n${wrong.join('\n')}`);
  narrator.done(`all encrypted by the key, ${counted(roles.length, 'role')} with the boundary,`);
}
