import * as v from 'valibot';

/** Parts that the shapes of stored objects share. Members that a shape does not name are not looked at. */
export type Shape = v.GenericSchema;

export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
export const time = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text))),
);
export const texts = v.array(v.string());
export const counts = v.object({ users: count, groups: count, memberships: count });
/** Of export runs and restores; part of keys. */
export const runId = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/));
export const sub = v.pipe(v.string(), v.minLength(1));
export const checksums = v.pipe(v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))), v.length(256));
export const group = v.object({
  name: v.pipe(v.string(), v.minLength(1)),
  description: v.optional(v.string()),
  precedence: v.optional(count),
  roleArn: v.optional(v.string()),
});
export const itemKey = v.object({ id: v.string(), type: v.string() });

export const settings = v.object({
  usernameAttributes: texts,
  aliasAttributes: texts,
  caseSensitive: v.boolean(),
  autoVerifiedAttributes: texts,
  mfaConfiguration: v.picklist(['OFF', 'ON', 'OPTIONAL']),
  triggers: texts,
  schema: v.array(
    v.object({
      name: v.string(),
      type: v.picklist(['String', 'Number', 'DateTime', 'Boolean']),
      mutable: v.boolean(),
      required: v.boolean(),
      min: v.optional(v.string()),
      max: v.optional(v.string()),
    }),
  ),
});

/** The record that seals a run. */
export const manifest = v.object({
  runId,
  userPoolId: v.string(),
  poolSettings: settings,
  counts,
  checksums,
  added: counts,
  changed: counts,
  deleted: counts,
  skipped: v.object({ federatedUsers: count, federatedMemberships: count }),
  startedAt: v.string(),
  endedAt: v.string(),
  softwareVersion: v.string(),
  schemaVersion: count,
  snapshot: v.optional(
    v.object({ objects: v.array(v.object({ name: v.string(), bytes: count, sha256: v.string(), items: count })) }),
  ),
});
