import { contentHash } from '../backup/hashing.ts';
import type { TableItem } from '../ports.ts';

/** An item of an export as the retired solution would have kept it: without dates, roles and empty descriptions. */
export function asRetired(item: TableItem): TableItem {
  const { created: _created, modified: _modified, roleArn: _role, description, ...kept } = item;
  const retired: TableItem = {
    ...kept,
    id: item.id,
    type: item.type,
    ...(description === undefined || description === '' ? {} : { description }),
  };
  return { ...retired, contentHash: contentHash(retired) };
}
