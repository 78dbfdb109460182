import { expect } from 'chai';
import { stackSet } from '../../../source/custom-resources/stack-set/stack-set.ts';
import { FakeClock } from '../../../tools/simulation/fake-clock.ts';
import { FakeStackSets } from './fake-stack-sets.ts';
import { createRequest, Deployment, LAUNCH_ID } from './requests.ts';

/** The name that the resource gives its StackSet. */
export const STACK_SET_NAME = `CognitoUserProfilesExport-${LAUNCH_ID}`;
/** What the main stack asks for. */
export const STACK_SET_PROPERTIES = {
  StackSetTemplateUrl: 'https://files-us-east-1.s3.us-east-1.amazonaws.com/template-1',
  AdministrationRoleArn: 'arn:aws:iam::123456789012:role/admin',
  ExecutionRoleName: 'execution',
  PrimaryRegion: 'us-east-1',
  SecondaryRegion: 'eu-west-1',
  AccountId: '123456789012',
  Parameters: { CognitoTPS: '10' },
};
/** What it asks for with another template and parameter. */
export const CHANGED_PROPERTIES = {
  ...STACK_SET_PROPERTIES,
  StackSetTemplateUrl: 'https://files/template-2',
  Parameters: { CognitoTPS: '25' },
};
/** What it gets back. */
export const STACK_SET_DATA = {
  StackSetName: STACK_SET_NAME,
  ExportWorkflowArn: 'export-us-east-1',
  PrimaryImportWorkflowArn: 'import-us-east-1',
  SecondaryImportWorkflowArn: 'import-eu-west-1',
  PrimaryVerifyWorkflowArn: 'verify-us-east-1',
  SecondaryVerifyWorkflowArn: 'verify-eu-west-1',
  PrimaryDrillWorkflowArn: 'drill-us-east-1',
  SecondaryDrillWorkflowArn: 'drill-eu-west-1',
  PrimaryTopicArn: 'topic-us-east-1',
  SecondaryTopicArn: 'topic-eu-west-1',
  PrimaryBucketName: 'bucket-us-east-1',
  SecondaryBucketName: 'bucket-eu-west-1',
};
/** StackSets' words for a role that it does not know, or not yet. */
export const ROLE_UNKNOWN =
  "Account 123456789012 should have 'execution' role with trust relationship to Role 'admin'.";

const quiet = { info: () => {}, warn: () => {} };

/** The custom resource over simulated StackSets, with what it has started and told. */
export class StackSetWorld {
  readonly clock = new FakeClock();
  readonly sets = new FakeStackSets(this.clock);
  /** First exports, as `ARN name input`. */
  readonly started: string[] = [];
  /** Events that MessageBroker got. */
  readonly told: object[] = [];
  /** Of the main stack. */
  tags: Record<string, string> = {};
  /** With which Step Functions refuses the first export. */
  refusal: Error | undefined;

  /** A function that serves the resource. */
  deployment(): Deployment<unknown> {
    return new Deployment(
      () =>
        stackSet({
          sets: this.sets,
          clock: this.clock,
          stackTags: async () => this.tags,
          firstExport: {
            startExecution: async (arn, name, input) => {
              if (this.refusal !== undefined) throw this.refusal;
              this.started.push(`${arn} ${name} ${input}`);
            },
            tell: async (functionName, event) => {
              this.told.push({ functionName, ...event });
            },
            log: quiet,
          },
        }),
      this.clock,
    );
  }

  /** Makes the StackSet with both instances; the log of the StackSets begins after that. */
  async created(): Promise<void> {
    expect((await this.deployment().request(createRequest(STACK_SET_PROPERTIES))).Status).to.equal('SUCCESS');
    this.sets.log.length = 0;
  }
}
