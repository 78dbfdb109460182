/** Namespace of every metric below; the one dimension of each is StackName, the name of the main stack. */
export const METRICS_NAMESPACE = 'CognitoUserProfilesExport';
/** Name of that dimension. */
export const METRICS_DIMENSION = 'StackName';

/**
 * What the functions tell CloudWatch, with the unit of each. Counts, times and rates only: no metric and no dimension
 * ever names a user, a group or a pool. A metric costs by the hour in which it was emitted, so that only what an alarm
 * needs is emitted every hour.
 */
export const METRIC_UNITS = {
  /** WatchBackup, every hour: seconds since the last sealed run began, or since the launch. */
  BackupAge: 'Seconds',
  /** The same, divided by how old the backup may be. */
  BackupAgeRatio: 'None',
  /** WatchBackup in the backup Region, every hour: for how long sealed runs have waited to be verified; 0 when the last one is. */
  UnverifiedAge: 'Seconds',
  /** WatchBackup, every hour where there are snapshots: age of the newest one, divided by how old it may be. */
  SnapshotAgeRatio: 'None',
  /** WatchBackup, once for each sealed run: what the backup holds. */
  Users: 'Count',
  Groups: 'Count',
  Memberships: 'Count',
  /** Once for each sealed run: users, groups and memberships that it added, changed and deleted. */
  Added: 'Count',
  Changed: 'Count',
  Deleted: 'Count',
  /** Once for each sealed run: from its start to its seal. */
  ExportDuration: 'Seconds',
  /** Each invocation that calls Cognito: its mean rate. */
  CallsPerSecond: 'Count/Second',
  /** Each invocation whose calls Cognito throttled: how many. */
  ThrottledCalls: 'Count',
  /** MessageBroker, for each execution that ended badly. */
  FailedExecutions: 'Count',
  /** The same, for those of VerifyWorkflow. */
  FailedVerifications: 'Count',
  /** The same, for drills that failed or found something else than the backup; not for those that ended for a restore. */
  FailedDrills: 'Count',
  /** DrillPool, for each drill that was compared: what a restore of the whole backup would take. */
  DrillProjectedTime: 'Seconds',
  /** WatchBackup, every hour once a drill was good: for how long none has been. */
  DrillAge: 'Seconds',
  /** MessageBroker, for exports that a guard refused. */
  GuardRefusals: 'Count',
} as const;
/** Name of a metric of ours. */
export type MetricName = keyof typeof METRIC_UNITS;
/** Values by name. */
export type Measured = Partial<Readonly<Record<MetricName, number>>>;
/** Emits values as metrics of this moment; values that are undefined are none. */
export type Measure = (measured: Measured) => void;
