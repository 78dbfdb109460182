/** One line of a change set. */
export interface ResourceChange {
  /** Add, Modify, Remove or another word of CloudFormation. */
  readonly action: string;
  readonly logicalId: string;
  readonly type: string;
  /** True, False or Conditional, where it is modified. */
  readonly replacement?: string;
}

/** What a person reads of a change; a replacement is what to look at twice. */
export const changeText = ({ action, logicalId, type, replacement }: ResourceChange): string =>
  `${action} ${logicalId} (${type})${
    replacement === 'True' ? ', is replaced' : replacement === 'Conditional' ? ', may be replaced' : ''
  }`;

/** CloudFormation has no error name for a change set that would do nothing. */
export const isWithoutChanges = (reason: string): boolean =>
  /didn't contain changes|No updates are to be performed|contain no changes/i.test(reason);
