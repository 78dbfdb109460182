import type { PoolGroup } from '../../model.ts';
import type { GroupSetting } from './decisions.ts';

/** Why settings stay as they are; to give the role again takes iam:PassRole, which the map's role has. */
export const HAS_ROLE = 'the group has an IAM role, which that could take away; set it by hand';
/** A role that somebody gave the group, or none, is not replaced: an undo could not put it back. */
export const OTHER_ROLE =
  'the pool has the group with another IAM role than the map names, or with none; set it by hand';

/** Whether a group has the setting so; an empty description is none. */
export const isSetting = (
  there: PoolGroup,
  { field }: Pick<GroupSetting, 'field'>,
  value: GroupSetting['before'],
): boolean => (there[field] ?? '') === (value ?? '');
