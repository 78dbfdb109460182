import type { CallRecord, LocalCloud } from '../local-cloud/index.ts';

/** Reads the call log piece by piece: it grows long over a hundred runs. */
export class CallWatch {
  private last = 0;

  constructor(private readonly cloud: Pick<LocalCloud, 'calls'>) {}

  /** The calls since this was asked last. */
  async news(): Promise<readonly CallRecord[]> {
    const calls = await this.cloud.calls({ after: this.last });
    this.last = calls.at(-1)?.sequence ?? this.last;
    return calls;
  }
}
