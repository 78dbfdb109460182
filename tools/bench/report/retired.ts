/** One row of the retired solution's guide ("Cognito transactions per second (TPS)"): measured on AWS, not here. */
export interface RetiredFigure {
  readonly users: number;
  /** Each user in one group. */
  readonly inOneGroup: boolean;
  readonly callsPerSecond: 5 | 10;
  readonly exportMinutes: number;
  readonly importMinutes: number;
}

export const RETIRED: readonly RetiredFigure[] = [
  { users: 10_000, inOneGroup: false, callsPerSecond: 10, exportMinutes: 2.62, importMinutes: 8.13 },
  { users: 10_000, inOneGroup: false, callsPerSecond: 5, exportMinutes: 2.66, importMinutes: 8.32 },
  { users: 10_000, inOneGroup: true, callsPerSecond: 10, exportMinutes: 4.76, importMinutes: 29.24 },
  { users: 10_000, inOneGroup: true, callsPerSecond: 5, exportMinutes: 4.82, importMinutes: 47.73 },
  { users: 100_000, inOneGroup: false, callsPerSecond: 10, exportMinutes: 21.82, importMinutes: 56.31 },
  { users: 100_000, inOneGroup: true, callsPerSecond: 10, exportMinutes: 40.26, importMinutes: 290.24 },
  { users: 250_000, inOneGroup: false, callsPerSecond: 10, exportMinutes: 54.79, importMinutes: 128.2 },
  { users: 250_000, inOneGroup: true, callsPerSecond: 10, exportMinutes: 98.65, importMinutes: 678.29 },
  { users: 500_000, inOneGroup: false, callsPerSecond: 10, exportMinutes: 146.52, importMinutes: 247.63 },
  { users: 500_000, inOneGroup: true, callsPerSecond: 10, exportMinutes: 181.46, importMinutes: 1313.31 },
];

/** The guide's cost page: 500,000 users, each in one group, daily export. At the prices of its time. */
export const RETIRED_COST = { users: 500_000, dollarsPerMonth: 90 } as const;
