import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A rule of Retry or Catch. */
export interface ErrorRule {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts?: number;
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly ResultPath?: string;
  readonly Next?: string;
}

/** A rule of a Choice. */
export interface Condition {
  readonly Variable?: string;
  readonly BooleanEquals?: boolean;
  readonly IsPresent?: boolean;
  readonly StringEquals?: string;
  readonly And?: readonly Condition[];
  readonly Next?: string;
}

/** The states of the Amazon States Language that the workflows consist of, with the members that they use. */
export interface State {
  readonly Type: 'Task' | 'Choice' | 'Wait' | 'Succeed' | 'Fail';
  readonly Resource?: string;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly ResultPath?: string;
  readonly OutputPath?: string;
  readonly SecondsPath?: string;
  readonly Seconds?: number;
  readonly Retry?: readonly ErrorRule[];
  readonly Catch?: readonly ErrorRule[];
  readonly Choices?: readonly Condition[];
  readonly Default?: string;
  readonly Next?: string;
  readonly Error?: string;
  readonly ErrorPath?: string;
  readonly CausePath?: string;
}

/** A workflow's definition. */
export interface WorkflowAsl {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export type WorkflowName = 'export' | 'import' | 'verify' | 'drill';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'source', 'state-machines');
const workflows = new Map<WorkflowName, WorkflowAsl>();

/** The shipped definition of a workflow, read once. */
export function workflowNamed(name: WorkflowName): WorkflowAsl {
  const known = workflows.get(name);
  if (known !== undefined) return known;
  const workflow = JSON.parse(readFileSync(join(FOLDER, `${name}-workflow.asl.json`), 'utf8')) as WorkflowAsl;
  workflows.set(name, workflow);
  return workflow;
}
