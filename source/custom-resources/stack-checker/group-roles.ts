/** Can the roles of GroupRoleArns be passed by this launch? */

/** The two parameters, as the template passes them. */
export interface GroupRoleParameters {
  readonly GroupRoles: 'REPORT' | 'MAP';
  readonly GroupRoleArns: string;
}

/** Throws an Error that names the parameter and what to give. */
export function checkGroupRoles(
  { GroupRoles: mode, GroupRoleArns: given }: GroupRoleParameters,
  { partition, account }: { readonly partition: string; readonly account: string },
): void {
  if (mode === 'MAP' && given === '')
    throw new Error(
      'GroupRoles is MAP and GroupRoleArns is empty, so no group could get a role. List the roles that restored groups may get, or give REPORT, and launch or update again.',
    );
  const own = `arn:${partition}:iam::${account}:role/`;
  const foreign = given.split(',').find((arn) => given !== '' && !arn.startsWith(own));
  if (foreign !== undefined)
    throw new Error(
      `GroupRoleArns lists ${foreign}, which is no role of account ${account}: a role can be passed in its own account only. Give roles that begin with ${own}, and launch or update again.`,
    );
}
