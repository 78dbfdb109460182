import type { ImportJob } from '../ports.ts';
import type { SolutionWorkflow } from './lease.ts';

/** The three events of the implementation guide ("Collection of operational metrics"), with exactly its fields. */
export type AnonymousMetric =
  | {
      readonly EventType: 'CognitoUserImportJobEnded';
      readonly EventDetails: {
        readonly JobStatus: string;
        readonly JobCreationDate: string;
        readonly JobStartDate: string;
        readonly JobCompletionDate: string;
        readonly JobCompletionMessage: string;
        readonly AWSRegion: string;
      };
    }
  | {
      readonly EventType: 'StepFunctionsWorkflowFinished' | 'StepFunctionsWorkflowError';
      readonly EventDetails: {
        readonly WorkflowName: SolutionWorkflow;
        readonly AWSRegion: string;
        readonly IsPrimaryRegion: 'Yes' | 'No';
        readonly RunTimeInSeconds: number;
      };
    };

/** What Cognito is known to say when a job ends (Developer Guide, "Importing users into user pools from a CSV file"). */
const KNOWN_MESSAGES: readonly RegExp[] = [
  /^The user import job (has )?(succeeded|completed|expired|stopped|failed)\.?$/i,
  /^Too many users have failed or been skipped during the import\.?$/i,
];

/** A message that is not known could name a user or a file: its place is kept, its text is not. */
const anonymous = (message: string): string =>
  message === '' || KNOWN_MESSAGES.some((known) => known.test(message)) ? message : 'Another message.';

/** The event of one import job that reached its end in `region`. */
export const importJobEnded = (
  { status, created = '', started = '', completed = '', completionMessage = '' }: ImportJob,
  region: string,
): AnonymousMetric => ({
  EventType: 'CognitoUserImportJobEnded',
  EventDetails: {
    JobStatus: status,
    JobCreationDate: created,
    JobStartDate: started,
    JobCompletionDate: completed,
    JobCompletionMessage: anonymous(completionMessage),
    AWSRegion: region,
  },
});

/** The event of one execution that ended; its time is told in whole seconds. */
export const workflowEnded = (
  how: 'Finished' | 'Error',
  {
    workflow,
    region,
    primaryRegion,
    runTimeMs,
  }: {
    readonly workflow: SolutionWorkflow;
    readonly region: string;
    readonly primaryRegion: string;
    readonly runTimeMs: number;
  },
): AnonymousMetric => ({
  EventType: `StepFunctionsWorkflow${how}`,
  EventDetails: {
    WorkflowName: workflow,
    AWSRegion: region,
    IsPrimaryRegion: region === primaryRegion ? 'Yes' : 'No',
    RunTimeInSeconds: Math.max(0, Math.round(runTimeMs / 1000)),
  },
});
