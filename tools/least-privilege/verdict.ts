import type { CallRecord } from '../local-cloud/index.ts';
import { statementName } from './plan.ts';
import type { Experiment } from './plan.ts';

/** What came of a scenario. */
export interface ScenarioOutcome {
  readonly ended: 'well' | 'badly';
  /** Error and cause of the execution and of its functions, or the reasons of the stack's failures; empty when it ended well. */
  readonly told: string;
  /** Calls that were refused meanwhile, as `service:Action`, each once. */
  readonly refused: readonly string[];
}

export type StatementVerdict =
  /** Without the statement it fails, and says which call was refused. */
  | { readonly kind: 'needed'; readonly by: string }
  /** Without the statement it ends well. */
  | { readonly kind: 'survivor'; readonly refused: readonly string[] }
  /** It failed, but not as it should: no call was refused, or the error does not say which. */
  | { readonly kind: 'unclear'; readonly why: string };

/** @param words in which the error tells of the refusal when it does not name the call */
export function verdictOn({ ended, told, refused }: ScenarioOutcome, words?: string): StatementVerdict {
  if (ended === 'well') return { kind: 'survivor', refused };
  if (refused.length === 0) return { kind: 'unclear', why: `it failed although no call was refused: ${told}` };
  const named = refused.find(
    (call) => told.includes(call.split(':')[1] ?? call) || (words !== undefined && told.includes(words)),
  );
  return named === undefined
    ? { kind: 'unclear', why: `the error does not name the refused call (${refused.join(', ')}): ${told}` }
    : { kind: 'needed', by: named };
}

/** IAM's refusals, in the form that each service gives them. */
export const refusedCalls = (calls: readonly CallRecord[]): readonly string[] => [
  ...new Set(
    calls
      .filter(
        ({ status, errorCode }) =>
          status === 403 || /AccessDenied|NotAuthorized|AuthorizationError/.test(errorCode ?? ''),
      )
      .map(({ service, action }) => `${service}:${action}`),
  ),
];

export interface Judged {
  readonly experiment: Experiment;
  readonly verdict: StatementVerdict;
  readonly seconds: number;
}

export interface Judgement {
  /** Survivors with the written reason why they stay. */
  readonly explained: readonly {
    readonly name: string;
    readonly refused: readonly string[];
    readonly reason: string;
  }[];
  /** What makes the run fail, one line each. */
  readonly problems: readonly string[];
}

/**
 * Holds the survivors against the written reasons. A reason for a statement that turned out to be needed is a problem too:
 * it would excuse the statement when it is not needed any more.
 * @param reasons `Role/Sid`, or a star in place of the role, to the reason
 */
export function judge(judged: readonly Judged[], reasons: Readonly<Record<string, string>>): Judgement {
  const reasonFor = ({ role, sid }: Experiment): string | undefined => reasons[`${role}/${sid}`] ?? reasons[`*/${sid}`];
  const explained = judged.flatMap(({ experiment, verdict }) => {
    const reason = reasonFor(experiment);
    return verdict.kind === 'survivor' && reason !== undefined
      ? [{ name: statementName(experiment), refused: verdict.refused, reason }]
      : [];
  });
  const problems = judged.flatMap(({ experiment, verdict }) => {
    const reason = reasonFor(experiment);
    const name = statementName(experiment);
    switch (verdict.kind) {
      case 'survivor':
        return reason === undefined
          ? [
              `${name}: it works without this statement${verdict.refused.length > 0 ? ` (refused and passed over: ${verdict.refused.join(', ')})` : ''}. Remove it, or write its reason into tools/least-privilege/survivors.yaml.`,
            ]
          : [];
      case 'unclear':
        return [`${name}: ${verdict.why}`];
      case 'needed':
        return reason === undefined
          ? []
          : [`${name}: it is needed, and yet survivors.yaml gives a reason why it would not be. Remove that reason.`];
    }
  });
  return { explained, problems };
}
