/** CloudFormation names the table `<stack>-BackupTable-<letters and digits>`, by its logical id in the main template. */
const OF_A_LAUNCH = '-BackupTable-';

/** What the names of the backup tables of a launch begin with: the roles of its functions may read tables of these names only. */
export const tablePrefixOf = (stack: string): string => `${stack}${OF_A_LAUNCH}`;

/** The same of the launch whose table has this name; undefined where it is no name of a launch's table. */
export function tablePrefixIn(tableName: string): string | undefined {
  const at = tableName.lastIndexOf(OF_A_LAUNCH);
  return at < 0 ? undefined : tableName.slice(0, at + OF_A_LAUNCH.length);
}
