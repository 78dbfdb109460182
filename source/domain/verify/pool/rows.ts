import { reportLine } from '../../report-line.ts';
import { Parts } from './parts.ts';

/** First line of differences.csv. */
export const DIFFERENCES_HEADER = 'sub,sign_in_name,difference\n';

/** Lines of differences.csv, gathered while the pool is listed. */
export class Rows extends Parts {
  constructor(parts: string[]) {
    super('rows', parts);
  }

  /** `sub` and `name` are empty for a group. */
  tell(sub: string, name: string, difference: string): void {
    this.add(Buffer.from(reportLine([sub, name, difference])));
  }
}
