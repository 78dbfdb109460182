/** What SecondaryUserPoolTable needs of DynamoDB, in the Region that each function names. */

/** Status of the table in a Region, or of its replica there; `absent` when there is none. See DynamoDB ReplicaStatus. */
export type TableStatus =
  'absent' | 'CREATING' | 'UPDATING' | 'ACTIVE' | 'DELETING' | 'CREATION_FAILED' | (string & {});

/** `busy`: not possible yet, ask again; the name of the error that DynamoDB answered. Other errors reject. */
export type ChangeOutcome = 'done' | { readonly busy: string };

/** Calls that may be repeated: each asks for a state and is `done` when that is accepted. */
export interface ReplicaTables {
  /** The replica as the table of this Region knows it. Rejects when that table does not exist. */
  readonly replicaStatus: (tableName: string, replicaRegion: string) => Promise<TableStatus>;
  /** `keyArn`: the key that encrypts it, in its own Region; a key of AWS when absent. */
  readonly addReplica: (tableName: string, replicaRegion: string, keyArn?: string) => Promise<ChangeOutcome>;
  /** The replica as its own Region knows it. */
  readonly tableStatus: (region: string, tableName: string) => Promise<TableStatus>;
  readonly keepPointInTimeRecovery: (region: string, tableName: string, days: number) => Promise<ChangeOutcome>;
  readonly protectFromDeletion: (region: string, tableName: string) => Promise<ChangeOutcome>;
  readonly tag: (region: string, tableName: string, tags: Readonly<Record<string, string>>) => Promise<ChangeOutcome>;
}
